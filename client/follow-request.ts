/** A release that was just asked for: announced, and followed to its end with everything that a person is asked on the way. */
import type { WhoIsWho } from '../release/people';
import { renderPlan } from '../release/render-plan';
import type { ReleaseState } from '../release/state';
import type { Temporal } from './connect';
import { exitCodes, type ExitCode } from './exit-codes';
import { interruptible } from './interruption';
import type { Invocation } from './invocation';
import type { Io } from './io';
import type { StartedRelease } from './request-release';
import { seekApproval, type Asker } from './seek-approval';
import { remarkView, viewFor, type View } from './views';
import { watchRelease } from './watch-release';
import type { Person } from './who';

/** What the following goes by. */
export interface FollowOptions {
  readonly project: WhoIsWho;
  /** Says only that it has begun. */
  readonly detach?: boolean;
  /** Approves without a question. */
  readonly yes?: boolean;
  readonly acknowledge: readonly string[];
  readonly sign?: string | false;
}

/** Returns the code that the release's end has; with `detach` at once. */
export function followRequest(
  invocation: Invocation,
  temporal: Temporal,
  started: StartedRelease,
  person: Person,
  { detach, ...options }: FollowOptions,
): Promise<ExitCode> {
  const { io } = invocation;
  const link = temporal.linkTo(started.releaseId, started.runId);
  announce(io, started, person, link);
  if (!detach) return follow(invocation, temporal, started, person, options);
  io.document({ ...started, link });
  return Promise.resolve(exitCodes.ok);
}

/** Says which release it is, and where it is seen. */
function announce(io: Io, { releaseId }: StartedRelease, person: Person, link: string | undefined): void {
  const { paint } = io.look;
  io.say(`Release ${paint.bold(releaseId)}, asked for by ${person.name} (${person.from})`);
  if (link) io.say(paint.dim(link));
  io.say(paint.dim(`slipway watch ${releaseId}`));
}

/** Shows gates and plan, asks whoever may approve it, and watches it to its end. */
function follow(
  { io }: Invocation,
  temporal: Temporal,
  started: StartedRelease,
  person: Person,
  { project, ...options }: Omit<FollowOptions, 'detach'>,
): Promise<ExitCode> {
  return interruptible(async (controller) => {
    const id = started.releaseId;
    const view = io.json ? remarkView(io) : viewFor(io);
    const asker: Asker = {
      io,
      temporal,
      releaseId: id,
      person,
      controller,
      view,
      yes: options.yes ?? false,
      acknowledge: options.acknowledge,
      whoIsWho: project,
      sign: options.sign,
    };
    const show = planShower(io, view);
    const approve = seekApproval(asker);
    let last: ReleaseState | undefined;
    const each = async (state: ReleaseState) => {
      last = state;
      show(state);
      await approve(state);
    };
    const { code, result } = await watchRelease({ io, temporal, id, view, signal: controller.signal, each });
    io.document({
      ...started,
      outcome: result?.outcome ?? null,
      result: result ?? null,
      digest: last?.plan?.digest ?? null,
    });
    return code;
  });
}

/** Shows gates and plan, again whenever the plan has changed. */
function planShower(io: Io, view: View): (state: ReleaseState) => void {
  let shown = '';
  return ({ plan, gates }) => {
    if (!plan || plan.digest === shown) return;
    view.hide();
    if (shown) io.remark('The plan has changed:');
    shown = plan.digest;
    io.say(`\n${renderPlan(plan, gates, io.look.paint)}`);
  };
}
