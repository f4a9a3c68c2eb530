import { chooserFor } from './choose-release';
import type { Temporal } from './connect';
import { environmentInName, findRelease } from './find-release';
import { withTemporal, type Invocation } from './invocation';
import type { ListedRelease } from './list-releases';
import { requireKnown } from './project-context';

/** Runs `work` with the release that is meant: see `findRelease`. Fails with ENVIRONMENT_UNKNOWN for a name that is none. */
export function withRelease<T>(
  invocation: Invocation,
  {
    text,
    environment,
    phase,
  }: { readonly text: string | undefined; readonly environment: string | undefined; readonly phase?: string },
  work: (release: ListedRelease, temporal: Temporal) => Promise<T>,
): Promise<T> {
  const about = environment ?? environmentInName(text);
  return withTemporal(invocation, about, async (temporal, context) => {
    requireKnown(context, environment);
    const wanted = { text, environment, project: context?.project.name, ...(phase === undefined ? {} : { phase }) };
    const release = await findRelease(temporal.client, wanted, chooserFor(invocation.io));
    return work(release, temporal);
  });
}
