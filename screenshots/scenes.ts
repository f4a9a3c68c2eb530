/** The story that the pictures tell: a release that is approved and fails, and one that comes to need a person. */
import type { ReleaseState } from '../release/state';
import { whatToSend } from '../release/what-to-send';
import { environmentWorkflowId } from '../release/identity';
import type { Stage } from './stage';
import type { WebUi } from './web-ui';

/** Plays everything and takes the pictures, in the order of the story. */
export async function playScenes(stage: Stage, ui: WebUi, say: (line: string) => void): Promise<void> {
  say('1.1.0 is released …');
  await release(stage, 'linus', '1.1.0');
  await approveByCommand(stage, '1.1.0');
  await stage.until('1.1.0', 'its end', ({ phase }) => phase === 'ended');

  say('1.2.0 is approved in the Web UI, and rolled back …');
  await release(stage, 'linus', '1.2.0');
  await approveInTheWebUi(stage, ui, '1.2.0');
  await stage.until('1.2.0', 'its end', ({ phase }) => phase === 'ended');
  await ui.details(stage.idOf('1.2.0'), 'was rolled back');
  await ui.picture('rolled-back', { height: 1180 });
  const graph = await ui.timeline(stage.idOf('1.2.0'), 'Let production go');
  await ui.picture('rolled-back-timeline', { height: 1500, of: graph });

  say('1.3.0 needs a person …');
  await stage.verifyForLong();
  await release(stage, 'grace', '1.3.0');
  await approveByCommand(stage, '1.3.0');
  await stage.until('1.3.0', 'its verify wait', ({ phase }) => phase === 'verifying');
  await stage.slipway('ada', 'rollback', stage.idOf('1.3.0'), '--reason', 'the catalogue team asks us to wait');
  const stuck = await stage.until('1.3.0', 'a question', ({ phase }) => phase === 'needs attention');
  await ui.details(stage.idOf('1.3.0'), 'NEEDS ATTENTION');
  await ui.picture('needs-attention', { height: 1260 });

  say('1.4.0 waits for it …');
  const files = { 'docs/prices.md': 'A book has a price.\n' };
  await stage.shop.commit({ author: 'barbara', subject: 'Books have prices', version: '1.4.0', files });
  await release(stage, 'barbara', '1.4.0');
  await stage.until('1.4.0', 'its approval', ({ phase }) => phase === 'awaiting approval');
  await ui.list('SlipwayEnvironment="production"', stage.idOf('1.4.0'));
  await ui.picture('list', { height: 560 });
  await approveByCommand(stage, '1.4.0');
  await stage.until('1.4.0', 'the lock', ({ phase }) => phase === 'waiting for lock');
  await ui.details(environmentWorkflowId('shop', 'production'), 'Waiting for it');
  await ui.picture('environment', { height: 900 });

  say('1.3.0 is resolved in the Web UI …');
  await ui.details(stage.idOf('1.3.0'), 'NEEDS ATTENTION');
  const dialog = await ui.prepareSignal('resolve', payloadOf(stuck, 'skip', 'ada'));
  await ui.submitSignal(dialog);
  await stage.until('1.3.0', 'its end', ({ phase }) => phase === 'ended');
}

async function release(stage: Stage, by: string, version: string): Promise<void> {
  await stage.slipway(by, 'release', version, '--env', 'production', '--detach');
}

async function approveByCommand(stage: Stage, version: string): Promise<void> {
  const { plan } = await stage.until(version, 'its approval', ({ phase }) => phase === 'awaiting approval');
  await stage.slipway('ada', 'approve', stage.idOf(version), '--digest', plan?.digest ?? '');
}

/** Does what the details say, and nothing else: what they say is enough. */
async function approveInTheWebUi(stage: Stage, ui: WebUi, version: string): Promise<void> {
  const state = await stage.until(version, 'its approval', ({ phase }) => phase === 'awaiting approval');
  await ui.details(stage.idOf(version), 'waits for approval');
  await ui.picture('waiting-for-approval', { height: 1320 });
  const dialog = await ui.prepareSignal('approve', payloadOf(state, '', 'ada'));
  await ui.picture('send-a-signal', { height: 900, of: dialog });
  await ui.submitSignal(dialog);
}

/** The data that the details of a release show, with a name in it. */
function payloadOf(state: ReleaseState, action: string, by: string): string {
  const way = whatToSend(state).find((one) => one.action === action);
  if (!way) throw new Error(`${state.release.id} does not say how to send it`);
  return way.payload.replace('<you>', by).replace('<why>', 'the editions may stay');
}
