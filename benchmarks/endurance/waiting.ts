/** Many releases of one environment, with a team's rules, that wait for approval at the same time: what they cost, and that none is lost. */
import { forEach } from './all';
import { residentMemory } from './memory';
import { eventually } from '../eventually';
import type { MeasuredShop } from '../measured-shop';
import type { Stage } from '../stage';
import { persist } from './persist';
import type { EnduranceMeasure } from './report';
import { APPROVER, rulesOfATeam } from './rules';

/** How many requests are under way at a time: those of a large team, or of many tags. */
const AT_ONCE = 40;

/** Starts `count` releases, lets all wait, approves each, and ends them. Fails if one is lost or ends as it must not. */
export async function enduranceWaiting(
  stage: Stage,
  count: number,
  say: (line: string) => void,
): Promise<EnduranceMeasure[]> {
  const shop = await stage.openShop('waiting', { configure: rulesOfATeam });
  const worker = await stage.hire(shop);
  await shop.addVersion();
  const versions = await shop.addNames(count);
  const memory = [{ what: 'idle', value: residentMemory(worker.pid) }];
  const remember = (what: string) => void memory.push({ what, value: residentMemory(worker.pid) });
  let again = 0;
  const onAgain = () => void again++;

  say(`${count} releases are asked for …`);
  const asked = Date.now();
  const ids = await requestAll(shop, versions, onAgain);
  const startedIn = Date.now() - asked;
  await untilCounted(stage, shop, 'awaiting approval', count);
  const waitingIn = Date.now() - asked;
  remember('all waiting');

  say('all of them wait; each is approved …');
  const approvedIn = await timed(() => approveAll(shop, ids, onAgain));
  remember('all approved');

  say('all are approved; the first is released, and the others, whose plans it changed, are rejected …');
  const outcomes: Record<string, number> = {};
  const endedIn = await timed(() => endAll(shop, ids, outcomes));
  requireWhole(outcomes, count);
  remember('all ended');
  await stage.clear();
  return [
    { what: 'releases that waited at once', value: count, unit: '' },
    { what: 'calls that a busy worker did not answer in time, sent again', value: again, unit: '' },
    { what: 'requests answered', value: rate(count, startedIn), unit: 'per second' },
    { what: 'request → waiting for approval, all of them', value: rate(count, waitingIn), unit: 'per second' },
    { what: 'approvals that counted', value: rate(count, approvedIn), unit: 'per second' },
    { what: 'ends', value: rate(count, endedIn), unit: 'per second' },
    ...memory.map(({ what, value }) => ({ what: `worker memory, ${what}`, value, unit: 'MiB' })),
    ...Object.entries(outcomes).map(([outcome, value]) => ({ what: `ended as ${outcome}`, value, unit: '' })),
  ];
}

/** The ids of the releases of these versions, asked for several at a time. */
async function requestAll(shop: MeasuredShop, versions: readonly string[], onAgain: () => void): Promise<string[]> {
  const ids: string[] = [];
  await forEach(versions, AT_ONCE, async (version) => {
    ids.push(await persist((requestId) => shop.request(version, requestId), onAgain));
  });
  return ids;
}

async function approveAll(shop: MeasuredShop, ids: readonly string[], onAgain: () => void): Promise<void> {
  await forEach(ids, AT_ONCE, (id) => persist(() => shop.approve(id, APPROVER), onAgain));
}

/** Milliseconds that it takes. */
async function timed(action: () => Promise<void>): Promise<number> {
  const begun = Date.now();
  await action();
  return Date.now() - begun;
}

/** Temporal's list lags a second behind; it is the only place that counts them without asking the worker of each. */
async function untilCounted(stage: Stage, shop: MeasuredShop, phase: string, count: number): Promise<void> {
  const query = `ExecutionStatus = 'Running' AND SlipwayProject = '${shop.name}' AND SlipwayPhase = '${phase}'`;
  await eventually(
    `${count} releases in phase ${phase}`,
    async () => ((await stage.client.workflow.count(query)).count === count ? true : undefined),
    { patience: 15 * 60_000, pause: 500 },
  );
}

/**
 * Ends all, and counts their outcomes. Only one can go on with the plan that was approved: it changes what is live, and
 * the others' plans with it.
 */
async function endAll(shop: MeasuredShop, ids: readonly string[], outcomes: Record<string, number>): Promise<void> {
  const ends = ids.map(async (id) => ({ id, outcome: (await shop.result(id)).outcome }));
  const first = await Promise.race(ends);
  await forEach(ids, AT_ONCE, async (id) => {
    if (id !== first.id) await shop.reject(id);
  });
  for (const { outcome } of await Promise.all(ends)) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}

function requireWhole(outcomes: Readonly<Record<string, number>>, count: number): void {
  const sum = Object.values(outcomes).reduce((all, each) => all + each, 0);
  const wrong = Object.keys(outcomes).filter((outcome) => !['finished', 'rejected', 'stopped'].includes(outcome));
  if (sum !== count || wrong.length > 0 || !outcomes['finished'])
    throw new Error(`of ${count} releases: ${JSON.stringify(outcomes)}`);
}

const rate = (count: number, ms: number): number => Math.round((count / ms) * 10_000) / 10;
