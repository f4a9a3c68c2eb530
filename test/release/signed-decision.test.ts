import { defaultMay, type May } from '../../release/acts';
import type { Decision, DecisionKind } from '../../release/decision';
import type { ApprovalRule } from '../../release/project';
import { refuseUnsigned, signedKinds } from '../../release/signed-decision';
import { aDecision, anEnvironment } from '../support/builders';

const people = Object.fromEntries(
  ['ada', 'grace'].map((name) => [name, { name, emails: [], keys: [], bot: false }] as const),
);
const rule = (name: string, signed?: 'required'): ApprovalRule => ({
  ...{ name, approvers: ['ada'], required: 1, timeout: 1_000 },
  ...(signed && { signed }),
});
const environment = (signed?: 'required', may: Partial<May> = {}) =>
  anEnvironment({ may: { ...defaultMay, ...may }, ...(signed && { signed }) });

const why = (
  decision: Partial<Decision> & { readonly kind: DecisionKind },
  {
    of = environment(),
    approvals = [],
    about,
  }: {
    readonly of?: ReturnType<typeof environment>;
    readonly approvals?: readonly ApprovalRule[];
    readonly about?: string;
  } = {},
) =>
  refuseUnsigned(
    { project: { people }, environment: of, approvals, requestedBy: 'grace' },
    aDecision(decision.kind, { by: 'ada', person: 'ada', ...decision }),
    about,
  );

test('where an environment takes signed words only, what not anyone may do to its releases must be signed too', () => {
  expect(signedKinds(environment())).toEqual([]);
  expect(signedKinds(environment('required'))).toEqual(['reject', 'skipWait', 'resolve', 'override', 'tick', 'untick']);
  // Who overrides is somebody, also where anyone may: it is said with a name wherever the release is shown.
  expect(signedKinds(environment('required', { override: ['anyone'] }))).toContain('override');
  expect(signedKinds(environment('required', { pause: ['ada'], skipWait: ['anyone'] }))).toEqual([
    ...['reject', 'pause', 'resume', 'resolve', 'override', 'tick', 'untick'],
  ]);
});

test('a way back is never kept waiting for a key, and an approval is judged by its own rule', () => {
  const of = environment('required', { rollback: ['ada'] });
  expect(why({ kind: 'rollback' }, { of })).toBeUndefined();
  expect(why({ kind: 'approve' }, { of, approvals: [rule('go', 'required')] })).toBeUndefined();
});

test('a signature is enough, and a claim is told what to do', () => {
  const of = environment('required');
  expect(why({ kind: 'skipWait', proof: 'signed' }, { of })).toBeUndefined();
  expect(why({ kind: 'skipWait' }, { of })).toBe(
    'it is only claimed, and to skip a wait needs a signature here: use `slipway skip-wait` on a machine with your key, or send the payload that it prints with --print-payload',
  );
  expect(why({ kind: 'reject' }, { of })).toMatch(/; `slipway rollback` is open to anyone$/);
  expect(why({ kind: 'reject' }, { of: environment('required', { rollback: ['ada'] }) })).not.toMatch(/anyone/);
});

test('the list of an approval that must be signed is ticked, and its guard overridden, by signed words only', () => {
  const approvals = [rule('go', 'required'), rule('see')];
  for (const kind of ['tick', 'untick', 'override'] as const) {
    expect(why({ kind }, { approvals, about: 'approval:go' })).toMatch(/needs a signature here/);
    expect(why({ kind }, { approvals, about: 'approval:see' })).toBeUndefined();
    expect(why({ kind }, { approvals, about: 'gate:qa' })).toBeUndefined();
  }
  const of = environment('required');
  expect(why({ kind: 'tick' }, { of, approvals, about: 'approval:see' })).toMatch(/a tick needs a signature/);
  expect(why({ kind: 'override' }, { of, approvals, about: 'approval:see' })).toBeUndefined();
  expect(why({ kind: 'override' }, { of, approvals, about: 'calendar' })).toMatch(/to override calendar needs/);
});

test('who answers an approval that must be signed says no signed, and whoever asked takes it back as they asked', () => {
  const approvals = [rule('go', 'required')];
  expect(why({ kind: 'reject' }, { approvals })).toMatch(/a rejection needs a signature here/);
  expect(why({ kind: 'reject' }, { approvals: [...approvals, rule('see')] })).toBeUndefined();
  expect(why({ kind: 'reject', by: 'grace', person: 'grace' }, { approvals })).toBeUndefined();
});
