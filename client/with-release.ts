import { chooserFor } from './choose-release';
import type { Temporal } from './connect';
import { environmentInName, findRelease } from './find-release';
import { requireEnvironment, withTemporal, type Invocation } from './invocation';
import type { ListedRelease } from './list-releases';

/** Runs `work` with the release that is meant: see `findRelease`. Fails with ENVIRONMENT_UNKNOWN for a name that is none. */
export async function withRelease<T>(
  invocation: Invocation,
  {
    text,
    environment,
    phase,
  }: { readonly text: string | undefined; readonly environment: string | undefined; readonly phase?: string },
  work: (release: ListedRelease, temporal: Temporal) => Promise<T>,
): Promise<T> {
  await requireEnvironment(invocation, environment);
  const about = environment ?? environmentInName(text);
  return withTemporal(invocation, about, async (temporal, context) => {
    const wanted = { text, environment, project: context?.project.name, ...(phase === undefined ? {} : { phase }) };
    const release = await findRelease(temporal.client, wanted, chooserFor(invocation.io));
    return work(release, temporal);
  });
}
