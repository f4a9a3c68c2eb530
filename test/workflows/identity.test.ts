import { randomUUID } from 'node:crypto';
import type { DecisionPayload } from '../../client';
import type { DecisionKind } from '../../release/decision';
import { defaultMay } from '../../release/acts';
import type { Project } from '../../release/project';
import { SIGNATURE_LIFE } from '../../release/signature';
import { environmentWorkflowId } from '../../release/identity';
import { signedWord, type WordKind } from '../../release/signed-word';
import { answerQuery, freezeUpdate, rollbackSignal, unfreezeUpdate } from '../../workflows/messages';
import { eventually } from '../support/eventually';
import { signedPayload, type Signing } from '../support/signed-payload';
import { startSlipway, type ReleaseUnderTest, type Slipway } from '../support/slipway';
import { SshKeys, type SshIdentity } from '../support/ssh-keys';

const keys = new SshKeys();
const adas = keys.make('ada');
const graces = keys.make('grace');
const strangers = keys.make('stranger');

const withPeople = (project: Project): Project => ({
  ...project,
  people: {
    ada: { name: 'ada', emails: ['ada@shop.example'], keys: [adas.publicKey], bot: false },
    grace: { name: 'grace', emails: [], keys: [graces.publicKey], bot: false },
    deploys: { name: 'deploys', emails: [], keys: [], bot: true },
  },
});

let slipway: Slipway;
afterAll(async () => {
  await slipway?.stop();
  keys.clear();
});

/** A payload with a signature over it, by ada unless told otherwise. */
const signed = (
  release: ReleaseUnderTest,
  kind: DecisionKind,
  said: DecisionPayload,
  { by = adas, ...more }: Partial<Omit<Signing, 'keys'>> = {},
): Promise<DecisionPayload> => signedPayload(slipway.client, release.id, kind, said, { keys, by, ...more });

describe('a release whose approval must be signed', () => {
  let release: ReleaseUnderTest;
  let digest: string;

  beforeAll(async () => {
    slipway = await startSlipway({
      edit: withPeople,
      environment: {
        approvals: [
          {
            name: 'go',
            approvers: ['ada', 'grace'],
            required: 2,
            signed: 'required',
            timeout: 600_000,
            guard: 'soft',
            checklist: ['seen on DEV'],
          },
        ],
        may: { ...defaultMay, request: ['deploys', 'ada'], freeze: ['ada'], rollback: ['ada'] },
        signed: 'required',
      },
    });
    release = await slipway.release('1.1.0', { by: 'deploys' });
    digest = (await release.in('awaiting approval')).plan!.digest;
  });

  const send = (payload: DecisionPayload) => release.decide('approve', payload);

  test('is asked for by those only who may, and neither a program nor a stranger approves it', async () => {
    await expect(slipway.release('1.1.0', { by: 'grace' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringMatching(
        /grace may not ask for a release in production; these may: deploys, ada/,
      ) as string,
    });
    await expect(send({ by: 'deploys', digest })).rejects.toThrow(/deploys is a program/);
    await expect(send({ by: 'mallory', digest })).rejects.toThrow(/mallory is no approver here/);
    await expect(release.decide('skipWait', { by: 'mallory' })).rejects.toThrow(
      /mallory may not skip a wait in production; these may: ada, grace/,
    );
    const skip = { by: 'ada@shop.example' };
    await expect(release.decide('skipWait', skip)).rejects.toThrow(
      /it is only claimed, and to skip a wait needs a signature here/,
    );
    await expect(release.decide('skipWait', await signed(release, 'skipWait', skip))).rejects.toThrow(
      /there is no wait to skip/,
    );
  });

  test('lets nobody freeze its environment with a forged, foreign, late or used signature, and one who may once', async () => {
    const { project, client } = slipway;
    const place = { project: project.name, environment: 'production' };
    const handle = client.workflow.getHandle(environmentWorkflowId(place.project, place.environment));
    const freeze = (payload: unknown) => handle.executeUpdate(freezeUpdate, { args: [payload] });
    const said = { by: 'ada', reason: 'incident 42', for: '1h', id: randomUUID() };
    const signWord = (by: SshIdentity, kind: WordKind, what: object, where = place, at = new Date().toISOString()) => {
      return { ...what, signature: { at, ssh: keys.sign(by, signedWord(where, kind, { ...what }, at)) } };
    };
    const sign = (by: SshIdentity, where = place, at?: string) => signWord(by, 'freeze', said, where, at);
    const refused = (detail: RegExp) => ({ accepted: false, detail: expect.stringMatching(detail) as string });
    expect(await freeze(said)).toMatchObject(refused(/production takes signed words only/));
    const hers = signWord(graces, 'freeze', { ...said, by: 'grace' });
    expect(await freeze(hers)).toMatchObject(refused(/grace may not announce or end a freeze/));
    expect(await freeze(sign(graces))).toMatchObject(refused(/signed with a key of grace/));
    expect(await freeze(sign(strangers))).toMatchObject(refused(/no key of ada in the rules of production/));
    expect(await freeze(sign(adas, { ...place, environment: 'staging' }))).toMatchObject(refused(/does not fit/));
    expect(await freeze({ ...sign(adas), for: '2h' })).toMatchObject(refused(/does not fit/));
    const late = new Date(Date.now() - SIGNATURE_LIFE - 60_000).toISOString();
    expect(await freeze(sign(adas, place, late))).toMatchObject(refused(/so sign it anew/));
    const good = sign(adas);
    const answer = await freeze(good);
    expect(answer).toMatchObject({ accepted: true });
    const over = signWord(adas, 'unfreeze', { by: 'ada', id: answer.id, reason: 'over' });
    expect(await handle.executeUpdate(unfreezeUpdate, { args: [over] })).toMatchObject({ accepted: true });
    expect(await freeze(good)).toEqual(answer);
    const { freezes, log } = await slipway.environmentState();
    expect(freezes).toEqual([]);
    expect(log.some(({ text }) => /^ada \(signed with SHA256:.*\) announced freeze/.test(text))).toBe(true);
  });

  test('goes back for a signed word only, since not anyone may ask for it, and once', async () => {
    const { project, client } = slipway;
    const place = { project: project.name, environment: 'production' };
    const handle = client.workflow.getHandle(environmentWorkflowId(place.project, place.environment));
    const press = async (more: object, by?: SshIdentity, text: object = {}) => {
      const requestId = randomUUID();
      const at = new Date().toISOString();
      const said = { requestId, by: 'ada', leaves: '', project, ...more };
      const ssh = by && keys.sign(by, signedWord(place, 'rollback', { ...said, ...text }, at));
      await handle.signal(rollbackSignal, { ...said, ...(ssh && { signature: { at, ssh } }) });
      return eventually('an answer', async () => (await handle.query(answerQuery, requestId)) ?? undefined);
    };
    const refused = (message: RegExp) => ({
      refused: { code: 'NOT_ALLOWED', message: expect.stringMatching(message) as string },
    });
    expect(await press({})).toMatchObject(refused(/production takes signed words only/));
    expect(await press({}, graces)).toMatchObject(refused(/signed with a key of grace/));
    expect(await press({ by: 'grace' }, graces)).toMatchObject(refused(/grace may not roll a release back/));
    expect(await press({ to: '1.0.0' }, adas, { to: '0.9.0' })).toMatchObject(refused(/does not fit/));
    // It counts: what stands in its way is that nothing is known of what ran.
    expect(await press({}, adas)).toMatchObject({ refused: { code: 'ROLLBACK_UNKNOWN_TARGET' } });
  });

  test('notes an unsigned word, also one from the Web UI, and does not count it', async () => {
    await expect(send({ by: 'ada', digest })).rejects.toThrow(
      /it is only claimed, and go needs a signature: approve with `slipway approve`/,
    );
    await slipway.client.workflow.getHandle(release.id).signal('approve', { by: 'grace', digest });
    const { approvals } = await release.until('it is noted', ({ timeline }) =>
      timeline.some(({ text }) => /^approve by grace, claimed: not accepted, it is only claimed/.test(text)),
    );
    expect(approvals).toEqual([]);
    const override = { by: 'ada', guard: 'approval:go', comment: 'in a hurry' };
    await expect(release.decide('override', override)).rejects.toThrow(
      /it is only claimed, and to override approval:go needs a signature here/,
    );
    await expect(release.decide('reject', { by: 'ada', comment: 'no' })).rejects.toThrow(
      /it is only claimed, and a rejection needs a signature here/,
    );
    const tick = { by: 'ada', item: 1, digest };
    await expect(release.decide('tick', tick)).rejects.toThrow(/it is only claimed, and a tick needs a signature here/);
    expect(await release.decide('tick', await signed(release, 'tick', tick))).toMatchObject({
      verdict: { accepted: true },
    });
    const { overrides, ticks } = await release.state();
    expect({ overrides, ticks }).toMatchObject({ overrides: undefined, ticks: [{ by: 'ada', proof: 'signed' }] });
  });

  test('does not count a signature that was made for something else, by somebody else, or long ago', async () => {
    const said = { by: 'ada', digest };
    const good = await signed(release, 'approve', said);
    const attempts: [DecisionPayload, RegExp][] = [
      [{ ...good, id: randomUUID(), comment: 'changed on the way' }, /does not fit/],
      [{ ...good, id: randomUUID() }, /does not fit/],
      [
        await signed(release, 'approve', said, { runId: randomUUID() }),
        /does not fit: it was made for another release/,
      ],
      [await signed(release, 'reject', said), /does not fit/],
      [await signed(release, 'approve', said, { by: graces }), /signed with a key of grace/],
      [await signed(release, 'approve', said, { by: strangers }), /is no key of ada in the rules/],
      [
        await signed(release, 'approve', said, { at: new Date(Date.now() - SIGNATURE_LIFE - 60_000).toISOString() }),
        /a signature counts for 15m, so sign it anew/,
      ],
      [
        await signed(release, 'approve', said, { at: new Date(Date.now() + SIGNATURE_LIFE + 60_000).toISOString() }),
        /still to come/,
      ],
    ];
    for (const [payload, why] of attempts) await expect(send(payload)).rejects.toThrow(why);
    const { approvals, verdicts } = await release.state();
    expect(approvals).toEqual([]);
    expect(verdicts.slice(-attempts.length).every(({ accepted }) => !accepted)).toBe(true);
  });

  test('counts a signed one, once, however often it comes', async () => {
    const payload = await signed(release, 'approve', { by: 'ADA@shop.example', digest, comment: 'seen' });
    expect(await send(payload)).toMatchObject({ verdict: { accepted: true } });
    expect(await send(payload)).toMatchObject({ verdict: { accepted: true } });
    await expect(send(await signed(release, 'approve', { by: 'ada', digest }))).rejects.toThrow(
      /ada has approved this plan already/,
    );
    const { approvals, timeline } = await release.state();
    expect(approvals).toMatchObject([{ by: 'ada', proof: 'signed', comment: 'seen' }]);
    expect(
      timeline.filter(({ text }) => /^approve by ada, signed with SHA256:\S+ \(“seen”\): accepted/.test(text)),
    ).toHaveLength(1);
  });

  test('judges in the order in which decisions came, although one must be proven first', async () => {
    const handle = slipway.client.workflow.getHandle(release.id);
    await handle.signal('pause', await signed(release, 'pause', { by: 'ada', comment: 'first' }));
    await handle.signal('resume', { by: 'grace', comment: 'second' });
    const { timeline, paused } = await release.until('both are judged', ({ timeline: entries }) =>
      entries.some(({ text }) => text.includes('second')),
    );
    expect(paused).toBeNull();
    const words = timeline.flatMap(({ text }) => /^(pause|resume) by .*: accepted/.exec(text)?.[1] ?? []);
    expect(words).toEqual(['pause', 'resume']);
  });

  test('counts a signature that came in time, although no worker was there to judge it', async () => {
    await slipway.stopWorker();
    const at = new Date(Date.now() - SIGNATURE_LIFE + 5_000).toISOString();
    const payload = await signed(release, 'approve', { by: 'grace', digest }, { by: graces, at });
    await slipway.client.workflow.getHandle(release.id).signal('approve', payload);
    await eventually(
      'the signature is old',
      async () => Date.now() > Date.parse(at) + SIGNATURE_LIFE + 500 || undefined,
    );
    await slipway.restartWorker();
    expect((await release.result()).outcome).toBe('finished');
  });
});
