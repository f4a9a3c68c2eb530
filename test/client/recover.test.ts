/** What a person does about a release that was terminated from outside. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findUnfinished, startRecovery } from '../../client/recover-release';
import { environmentWorkflowId } from '../../release/identity';
import { startSlipway as startEverything, type Slipway } from '../support/slipway';
import { containing } from './matchers';
import { endAll, slipway, startInTerminal, type RunOptions } from './run-slipway';

let all: Slipway;
let options: RunOptions;

beforeAll(async () => {
  all = await startEverything({ environment: { verify: { wait: 600_000, interval: 100, checks: [] } } });
  const text = readFileSync(all.shop.configFile, 'utf8').replace(/^project: .*$/m, `project: ${all.project.name}`);
  writeFileSync(join(all.shop.folder, 'slipway.yaml'), text);
  options = { cwd: all.shop.folder, env: { TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] } };
});
afterEach(endAll);
afterAll(() => all.stop());

/** A release of 1.1.0 that is terminated in its verify wait: its migration has run, no pointer has moved. */
async function terminated(): Promise<string> {
  const release = await all.approved('1.1.0', { again: 'for the next test' });
  await release.in('verifying');
  // Its environment would recover it by itself.
  await all.client.workflow.getHandle(environmentWorkflowId(all.project.name, 'production')).terminate('with it');
  await all.client.workflow.getHandle(release.id).terminate('by a careless person');
  return release.id;
}

describe('slipway recover', () => {
  it('finds nothing where nothing is unfinished', async () => {
    const [text, json] = await Promise.all([
      slipway(['recover'], options),
      slipway(['recover', '--env', 'production', '--json'], options),
    ]);
    expect(text).toEqual({ code: 0, err: '', out: 'Every release in the ledger has ended, or runs.\n' });
    expect(JSON.parse(json.out)).toEqual({ unfinished: [] });
  });

  it.each([
    [['--undo', '--finish', '--yes'], 2, 'cannot be used with'],
    [['--undo'], 2, 'nobody to ask'],
    [['--close', '--yes'], 2, '--close needs a --reason'],
    [['9.9.9', '--undo', '--yes'], 2, 'no unfinished release 9.9.9'],
    [['--env', 'moon'], 2, 'moon'],
  ])('refuses %j', async (args, code, words) => {
    expect(await slipway(['recover', ...args], options)).toMatchObject({ code, err: containing(words) });
  });

  it('tells what was done and what can be done, and undoes it', async () => {
    const schema = await all.shop.schemaFingerprint();
    const id = await terminated();
    const seen = await slipway(['recover'], options);
    expect(seen).toMatchObject({ code: 5, err: '' });
    const name = id.split('/').slice(2).join('/');
    for (const words of [id, 'migrate:api  done: 001_author ran', 'move:web     not done', `recover ${name} --undo`])
      expect(seen.out).toContain(words);
    const { unfinished } = JSON.parse((await slipway(['recover', '--json'], options)).out) as {
      unfinished: { life: string; offers: { action: string }[] }[];
    };
    expect(unfinished).toMatchObject([
      { life: 'gone', offers: [{ action: 'undo' }, { action: 'finish' }, { action: 'close' }] },
    ]);
    // Anybody may start one by hand, with a plan of their own.
    const { runId } = await all.client.workflow.getHandle(id).describe();
    const question = { project: all.project.name, environment: 'production', release: { id, runId } };
    const [{ unfinished: account } = { unfinished: null }] = await findUnfinished(all.client, question);
    const plan = { ...account!.plan!, services: account!.plan!.services.slice(0, 1) };
    const forged = { unfinished: { ...account!, plan }, by: 'mallory', reason: 'mine', temporalGone: false };
    const begun = await startRecovery(all.client, { ...forged, action: 'finish' });
    await expect(all.client.workflow.getHandle(begun.id).result()).rejects.toMatchObject({
      cause: { type: 'RECOVERY_REFUSED', message: containing('the ledger has another plan of it than the request') },
    });
    const undone = await slipway(['recover', name, '--undo', '--yes', '--by', 'grace', '--json'], options);
    expect(undone).toMatchObject({ code: 0, err: containing('undo by grace') });
    expect(JSON.parse(undone.out)).toMatchObject({ outcome: 'rolled back', result: { drift: [] } });
    expect(await all.shop.schemaFingerprint()).toEqual(schema);
    expect(await slipway(['recover'], options)).toMatchObject({ code: 0 });
  });

  it('sends who names one that runs to it, and who names one that has ended to the ledger', async () => {
    const release = await all.release('1.1.0', { again: 'for the next test' });
    await release.in('awaiting approval');
    const name = release.id.split('/').slice(2).join('/');
    const running = await slipway(['recover', name], options);
    expect(running).toMatchObject({ code: 3, out: '', err: containing('is running: there is nothing to recover') });
    expect(running.err).toContain(`slipway watch ${release.id}`);
    await release.decide('reject', { by: 'ada', comment: 'not today' });
    await release.result();
    const ended = await slipway(['recover', name], options);
    expect(ended).toMatchObject({ code: 2, out: '', err: containing('no unfinished release') });
    expect(ended.err).toContain('slipway show');
  });

  it('asks the person at the terminal, and closes it with drift', async () => {
    const id = await terminated();
    const person = startInTerminal(['recover'], options);
    await person.saw('What now?');
    person.type('close\n');
    await person.saw('Do it?');
    person.type('yes\n');
    await person.saw('Why');
    person.type('mended by hand\n');
    const { code, out } = await person.ended;
    expect({ code, out }).toEqual({ code: 0, out: containing('mended by hand') });
    expect(out).toContain(`recovery/${id.replace('release/', '')}`);
    expect(await slipway(['recover', '--json'], options)).toMatchObject({ code: 0 });
    expect((await all.environmentState()).holder).toBeNull();
  });
});
