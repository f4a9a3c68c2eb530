import { parseDecision, type Decision } from '../../release/decision';
import { canonicalJson } from '../../release/plan-digest';
import type { WhoIsWho } from '../../release/people';
import { fingerprint, questionSignature, signedText, SIGNATURE_LIFE, tooLate } from '../../release/signature';
import { readSignature } from '../../release/ssh-signature';
import { aDecision } from '../support/builders';
import { SshKeys } from '../support/ssh-keys';

const keys = new SshKeys();
afterAll(() => keys.clear());

const adas = keys.make('ada');
const graces = keys.make('grace');
const project: WhoIsWho = {
  people: {
    ada: { name: 'ada', emails: ['ada@shop.example'], keys: [adas.publicKey], bot: false },
    grace: { name: 'grace', emails: [], keys: [graces.publicKey], bot: false },
    linus: { name: 'linus', emails: [], github: 'linus-t', keys: [], githubKeys: true, bot: false },
  },
};
const recipient = { id: 'release/shop/production/1.2.0/1', runId: 'run-1' };
const at = '2026-03-01T12:00:00.000Z';
const now = Date.parse(at);
const approval = aDecision('approve', { digest: 'a'.repeat(64), comment: 'go' });
const signed = (decision: Decision, by = adas, when = at, namespace = 'slipway') => ({
  at: when,
  ssh: keys.sign(by, signedText(recipient, decision, when), namespace),
});
const question = (decision: Decision, signature = signed(decision), when = now, whoIsWho = project) =>
  questionSignature(whoIsWho, recipient, decision, signature, when);

describe('the text that is signed', () => {
  test('holds who decides what, of which plan, for which execution, when', () => {
    expect(signedText(recipient, approval, at)).toBe(
      canonicalJson({
        at,
        by: 'ada',
        comment: 'go',
        digest: 'a'.repeat(64),
        id: 'd1',
        kind: 'approve',
        release: recipient.id,
        run: 'run-1',
        slipway: 'decision 1',
      }),
    );
  });

  test('is another one for whatever else is decided', () => {
    const others: Partial<Decision>[] = [
      { kind: 'reject' },
      { id: 'd2' },
      { by: 'grace' },
      { comment: 'no' },
      { digest: 'b'.repeat(64) },
      { acknowledge: ['no-way-back:api'] },
      { action: 'skip' },
    ];
    const texts = others.map((other) => signedText(recipient, { ...approval, ...other }, at));
    texts.push(signedText({ ...recipient, runId: 'run-2' }, approval, at));
    texts.push(signedText({ ...recipient, id: 'release/shop/production/1.2.0/2' }, approval, at));
    texts.push(signedText(recipient, approval, '2026-03-01T12:00:01.000Z'));
    texts.push(signedText(recipient, approval, at));
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('is the same before and after it was sent', () => {
    const { id, by, digest, comment, acknowledge } = approval;
    const parsed = parseDecision('approve', JSON.parse(JSON.stringify({ id, by, digest, comment, acknowledge })), 'x');
    expect('decision' in parsed && signedText(recipient, parsed.decision, at)).toBe(
      signedText(recipient, approval, at),
    );
  });
});

describe('a signature', () => {
  test('of the person’s own key is to be checked', () => {
    expect(question(approval)).toMatchObject({ question: { keyIsKnown: true, isOld: false } });
    expect(question({ ...approval, by: 'Ada@shop.example' })).toMatchObject({ question: { keyIsKnown: true } });
  });

  test('with another’s key is refused, and says whose it is', () => {
    expect(question(approval, signed(approval, graces))).toEqual({
      refused: expect.stringMatching(
        /^it says that it is by ada, but it is signed with a key of grace \(SHA256:/,
      ) as string,
    });
  });

  test('with a key that was taken out of the rules is refused', () => {
    const { ada, ...others } = project.people!;
    const rules = { people: { ...others, ada: { ...ada!, keys: [] } } };
    expect(question(approval, signed(approval), now, rules)).toEqual({
      refused: expect.stringMatching(/which is no key of ada in the rules of this release/) as string,
    });
  });

  test('of whom GitHub knows the keys is asked of GitHub', () => {
    const decision = { ...approval, by: 'linus' };
    expect(question(decision, signed(decision, keys.make('linus')))).toMatchObject({
      question: { keyIsKnown: false, login: 'linus-t' },
    });
    // A configured key stays with its owner, whatever GitHub would say.
    expect(question(decision, signed(decision))).toHaveProperty('refused');
  });

  test('for something else than Slipway is refused', () => {
    expect(question(approval, signed(approval, adas, at, 'git'))).toEqual({
      refused: expect.stringMatching(/^it was signed for "git"/) as string,
    });
  });

  test('of a part of the digest is refused', () => {
    const short = { ...approval, digest: 'a'.repeat(12) };
    expect(question(short)).toEqual({ refused: expect.stringMatching(/whole digest/) as string });
  });

  test('where no people are named is refused: it proves nothing', () => {
    expect(question(approval, signed(approval), now, {})).toEqual({
      refused: expect.stringMatching(/name no people/) as string,
    });
  });

  test('that cannot be read is refused', () => {
    expect(question(approval, { at, ssh: 'yes' })).toEqual({
      refused: expect.stringMatching(/cannot be read/) as string,
    });
  });

  test('of the future is refused; one of the past depends on when it came', () => {
    expect(question(approval, signed(approval), now - SIGNATURE_LIFE - 1)).toHaveProperty('refused');
    expect(question(approval, signed(approval), now - SIGNATURE_LIFE)).toMatchObject({ question: { isOld: false } });
    expect(question(approval, signed(approval), now + SIGNATURE_LIFE + 1)).toMatchObject({ question: { isOld: true } });
    const arrival = (ms: number) => new Date(now + ms).toISOString();
    expect(tooLate(at, arrival(SIGNATURE_LIFE))).toBeUndefined();
    expect(tooLate(at, arrival(SIGNATURE_LIFE + 1))).toMatch(/counts for 15m/);
  });

  test('is named as ssh-keygen names its key', () => {
    const name = fingerprint(readSignature(signed(approval).ssh)!.keyBytes);
    expect(keys.fingerprint(adas)).toBe(name);
  });
});

describe('a decision with a signature', () => {
  const payload = { id: 'd1', by: 'ada', digest: 'a'.repeat(64) };

  test('is read, and claimed until that is proven', () => {
    const signature = signed(approval);
    expect(parseDecision('approve', { ...payload, signature }, 'x')).toMatchObject({
      decision: { signature, proof: 'claimed', key: null },
    });
  });

  test.each([
    ['text', 'yes'],
    ['a moment of another place', { at: '2026-03-01T13:00:00+01:00', ssh: 'x' }],
    ['no moment', { at: 'now', ssh: 'x' }],
    ['nothing signed', { at }],
    ['more than it has', { at, ssh: 'x', by: 'ada' }],
    ['too much', { at, ssh: 'x'.repeat(20_000) }],
  ])('is told apart from one with %s', (_, signature) => {
    expect(parseDecision('approve', { ...payload, signature }, 'x')).toEqual({
      problem: expect.stringMatching(/"signature" must be/) as string,
    });
  });
});
