import { parseDecision } from '../../release/decision';
import { MAX_DETAILS, MAX_IN_ADDRESS, renderDetails } from '../../release/render-details';
import { renderStatus } from '../../release/render-state';
import type { ReleaseState } from '../../release/state';
import { whatToSend } from '../../release/what-to-send';
import { expectGolden } from './golden';
import { aRolledBackState, aState, aStuckState, gates, plan } from './sample-release';

describe('The details in the Web UI', () => {
  it('read as in their golden file while people are asked', () =>
    expectGolden('details-approval.md', renderDetails(aState())));
  it('read as in their golden file when a person must decide', () =>
    expectGolden('details-attention.md', renderDetails(aStuckState())));
  it('read as in their golden file at the end', () =>
    expectGolden('details-ended.md', renderDetails(aRolledBackState())));

  it('show a payload that the release takes once the name is put in', () => {
    const payload = /```json\n(.*)\n```/.exec(renderDetails(aState()))![1]!.replace('<you>', 'ada');
    const read = parseDecision('approve', JSON.parse(payload), 'x');
    expect(read).toMatchObject({ decision: { by: 'ada', digest: plan.digest.slice(0, 12) } });
  });

  it('never show as enough a payload that counts only signed', () => {
    const ways = (signedKinds: ReleaseState['signedKinds']) =>
      whatToSend({ ...aStuckState(), ...(signedKinds && { signedKinds }) }).map(({ payload }) => payload);
    expect(ways(undefined).join()).not.toContain('signature');
    expect(ways(['resolve']).filter((payload) => !payload.includes('"signature":"<all this is printed'))).toEqual([]);
    const asked = whatToSend({ ...aState(), signedKinds: ['reject'] }).map(({ kind, payload }) => [
      kind,
      payload.includes('"signature"'),
    ]);
    expect(asked).toEqual([
      ['approve', false],
      ['override', false],
      ['reject', true],
    ]);
  });

  it('show a rejection as signed where all who are asked must sign, in an environment that does not ask for it', () => {
    const { plan: asked } = aState();
    const reject = (signed?: 'required') => {
      const approvals = asked!.approvals.map((rule) => ({ ...rule, ...(signed && { signed }) }));
      return whatToSend(aState({ plan: { ...asked!, approvals } })).find(({ kind }) => kind === 'reject')!.payload;
    };
    expect(reject()).not.toContain('"signature"');
    expect(reject('required')).toContain('"signature":"<all this is printed');
  });

  it('stay below the limit however much there is to say, and keep what people must send', () => {
    const long = 'ö'.repeat(5_000);
    const state = aState({
      gates: Array.from({ length: 300 }, () => ({ ...gates[0]!, detail: long })),
      timeline: Array.from({ length: 5_000 }, (_, n) => ({ n, at: '2026-03-01T10:00:00Z', kind: 'note', text: long })),
    });
    const text = renderDetails(state);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_DETAILS);
    expect(encodeURIComponent(text).length).toBeLessThanOrEqual(MAX_IN_ADDRESS);
    expect(text).toContain('slipway approve release/shop/production/1.2.0/1 --digest');
    expect(text).toContain('… more in `slipway status release/shop/production/1.2.0/1`');
  });

  it('leave out a section that does not fit, and still show the shorter ones behind it', () => {
    const state = aState({ gates: Array.from({ length: 300 }, () => gates[0]!) });
    const text = renderDetails(state);
    expect(text).not.toContain('## Gates');
    expect(text).toContain('## What happened, newest first');
  });

  it('keep the newest decisions, also those that could not be read, however many gates there are', () => {
    const said = (n: number, kind: 'decision' | 'note', text: string) => ({
      n,
      at: '2026-03-01T10:00:00Z',
      kind,
      text,
    });
    const state = aState({
      gates: Array.from({ length: 300 }, () => gates[0]!),
      timeline: [
        ...Array.from({ length: 6 }, (_, n) => said(n, 'decision', `tick ${n} by ada, claimed: accepted`)),
        said(7, 'decision', 'approve by eve, claimed: not accepted, eve is no approver here'),
        said(8, 'note', 'ignored an override that cannot be read: "reason" is missing: an override needs one'),
      ],
    });
    const shown = renderDetails(state).split('## Decisions, newest first (5 of 8)')[1]!.split('##')[0]!;
    expect(shown.trim().split('\n')).toEqual([
      '- ✗ 10:00:00Z ignored an override that cannot be read: "reason" is missing: an override needs one',
      '- ✗ 10:00:00Z approve by eve, claimed: not accepted, eve is no approver here',
      ...[5, 4, 3].map((n) => `- ✓ 10:00:00Z tick ${n} by ada, claimed: accepted`),
    ]);
  });

  it('say on top what a changed plan took away, until it is begun', () => {
    const voided = { at: '2026-03-01T10:00:00.000Z', changes: ['web: live before aaaa → bbbb'], people: ['grace'] };
    const words =
      'The plan changed at 2026-03-01 10:00 UTC, so what was said before counts no more (grace had approved): web: live before aaaa → bbbb';
    expect(renderDetails(aState({ voided }))).toContain(`**${words}**`);
    expect(renderStatus(aState({ voided }), '2026-03-01T10:00:00Z')).toContain(words);
    expect(renderDetails({ ...aRolledBackState(), voided })).not.toContain('The plan changed');
  });

  it('say which approval too few people can give', () => {
    const { waitingFor } = aState();
    const text = renderDetails(aState({ waitingFor: { ...waitingFor!, stuck: ['go needs 2 more, and nobody may'] } }));
    expect(text).toContain('- **go needs 2 more, and nobody may.**');
  });

  it('ask people to tick what a gate waits for, and call that waiting', () => {
    const waitingFor = { what: 'the gate manual', until: null, send: ['tick', 'reject'] };
    const text = renderDetails(aState({ phase: 'looking', place: null, waitingFor }));
    expect(text).toMatch(
      /^# 1\.2\.0 → production waits for its gates\n[^]*## What to do\n\nIt waits for the gate manual\./,
    );
    const alone = renderDetails(
      aState({ phase: 'looking', place: null, waitingFor: { ...waitingFor, send: ['reject'] } }),
    );
    expect(alone).toContain('## It goes on by itself');
  });

  it('show that an override of a signed approval is signed too', () => {
    const approvals = [{ ...plan.approvals[0]!, guard: 'soft' as const, signed: 'required' as const }];
    const text = renderDetails(aState({ plan: { ...plan, approvals } }));
    expect(text).toMatch(
      /"guard":"approval:approval","reason":"<why>","signature":"<all this is printed by the command/,
    );
  });

  it('show what each answer means for the very step, with data that the release takes', () => {
    const text = renderDetails(aStuckState());
    expect(text).toContain('A person must decide: Roll back the schema of api');
    const payloads = [...text.matchAll(/```json\n(.*)\n```/g)].map(([, json = '']) => JSON.parse(json) as object);
    const read = payloads.map((payload) => parseDecision('resolve', payload, 'x'));
    expect(read.map((one) => 'decision' in one && one.decision.action)).toEqual(['retry', 'skip', 'done', 'abandon']);
  });

  it('ask after a reported failure only for what decides there', () => {
    const stuck = aStuckState();
    const text = renderDetails({ ...stuck, attention: { ...stuck.attention!, step: 'failure' } });
    const signals = [...text.matchAll(/^\*\*(\w+)\*\*(?: with \*\*(\w+)\*\*)?:/gm)].map(([, kind, action]) => [
      kind,
      action,
    ]);
    expect(signals).toEqual([
      ['rollback', undefined],
      ['resolve', 'abandon'],
    ]);
  });

  it('do not call failed what a person broke off', () => {
    const failure = {
      code: 'ROLLBACK_REQUESTED' as const,
      message: 'ada asked for it.',
      todo: 'Nothing to do.',
      details: {},
    };
    const text = renderDetails({ ...aStuckState(), failure });
    expect(text).toContain('**Smoke checks** *broken off*');
    expect(text).toContain('**Roll back the schema of api** **FAILED**');
  });

  it('keep commands in sentences as code, so that they can be copied', () =>
    expect(renderDetails(aRolledBackState())).toContain('Look at the evidence in `slipway status`.'));

  it('hold no HTML outside of code, whatever comes in', () => {
    const state = aState({
      requestedBy: '<script>alert(1)</script>',
      timeline: [{ n: 1, at: '2026-03-01T10:00:00Z', kind: 'note', text: '<b>' }],
    });
    const outside = renderDetails(state)
      .replace(/```[\s\S]*?```/g, '')
      .replace(/`[^`]*`/g, '');
    expect(outside).not.toMatch(/(^|[^\\])<\w/);
  });
});
