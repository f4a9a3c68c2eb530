/** What an environment tells a release: the lock, its place in the queue, freezes, emergency stops, that a newer one replaces it. */
import { clip } from '../release/clip';
import { parseReleaseWorkflowId } from '../release/identity';
import { isObject } from '../release/release-request';
import { isForward } from './decision-acts';
import { noteStops } from './emergency-stop';
import type { On } from './handlers';
import type { MessageRecord } from './message-record';
import {
  endWaitsSignal,
  freezesSignal,
  lockGrantedSignal,
  lockQueuedSignal,
  replacedSignal,
  stopsSignal,
} from './messages';
import { noteFreezes } from './note-freezes';
import type { ReleaseRun } from './release-run';

/** Registers the handlers; what only an environment would send is noted and ignored when it comes from elsewhere. */
export function takeEnvironmentMessages(on: On, run: ReleaseRun, record: MessageRecord): void {
  on(lockGrantedSignal, (granted) => {
    // By hand it would not say so: only the environment grants, and only to one that has asked.
    // A rollback is given the environment before it asks.
    const isAwaited = run.lock.asked || run.kind === 'rollback';
    if (!isObject(granted) || typeof granted.note !== 'string' || !isAwaited) {
      return record.ignored('ignored a grant of the lock that the environment did not send');
    }
    run.lock.granted = true;
    run.lock.reserved = !run.lock.asked;
    noteFreezes(run, granted['freezes'] ?? []);
    if (granted['stops'] !== undefined) noteStops(run, granted['stops']);
    if (granted.note) run.note('note', granted.note);
  });
  on(freezesSignal, (told) => {
    if (!isObject(told) || !noteFreezes(run, told.freezes)) {
      record.ignored('ignored a list of freezes that the environment did not send');
    }
  });
  on(stopsSignal, (told) => {
    if (!noteStops(run, told)) record.ignored('ignored a list of emergency stops that the environment did not send');
  });
  on(lockQueuedSignal, (queued) => {
    if (!isObject(queued) || typeof queued.behind !== 'string') {
      return record.ignored('ignored a place in the queue that the environment did not send');
    }
    run.lock.behind = queued.behind;
    run.note('note', waitWords(run.input.environment, queued.behind));
    if (isObject(queued) && queued['endsWaits'] === true)
      run.note('decision', `${queued.behind} was told to end its waits early: “${run.input.endWaits ?? ''}”`);
  });
  on(endWaitsSignal, (word) => {
    const { hotfix, by, reason } = isObject(word) ? word : {};
    if (typeof hotfix !== 'string' || typeof by !== 'string' || typeof reason !== 'string') {
      return record.ignored('ignored a word on a hotfix that the environment did not send');
    }
    const what = `the hotfix ${clip(hotfix, 300)} (${clip(by, 200)}: “${clip(reason, 500)}”)`;
    if (run.hotfix !== '' || !run.lock.granted || !isForward(run))
      return record.ignored(`${what} waits for this release`);
    run.hotfix = what;
    if (['verifying', 'monitoring'].includes(run.state.phase)) run.skipAsked = true;
    run.note('decision', `its waits end early, for ${what}`);
  });
  on(replacedSignal, (replaced) => {
    if (!isObject(replaced) || typeof replaced.by !== 'string' || run.lock.granted) {
      return record.ignored('ignored a replacement that the environment did not send');
    }
    if (isForward(run)) run.interrupt('RELEASE_REPLACED', { by: clip(replaced.by, 500) });
  });
}

/** For a release one waits; what else keeps it out is to be settled by people. */
const waitWords = (environment: string, behind: string): string =>
  parseReleaseWorkflowId(behind)
    ? `${environment} is held by ${behind}: waiting for it`
    : `no new release gets ${environment} now: ${behind}`;
