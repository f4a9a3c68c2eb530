import { checkAll } from '../../../activities/checks/check-all';
import type { Check } from '../../../release/project';
import { anAttempt, surroundingsWith, type StoppableAttempt } from './probes';

/** What a check of one kind finds: the world is as expected, is not, or has no answer. */
export type Outcome = 'right' | 'wrong' | 'silent';

/** Something real that checks of one kind look at. */
export interface Stage {
  /** A check of it. Every text of it that may hold references holds `reference`. */
  check(more: { readonly tries: number; readonly interval: number; readonly reference: string }): Check;
  /** From now on it is so, look by look; the last goes on for ever. A wrong answer quotes what it was asked with. */
  plays(...outcomes: readonly Outcome[]): void;
  /** How often it was looked at. */
  looks(): number;
  /** Called at each look. */
  onLook(listener: () => void): void;
  close(): Promise<void>;
}

/** What every kind of check must do. A new kind runs this, and brings its own tests for what only it can do. */
export function describeCheckKind(kind: string, openStage: () => Promise<Stage>): void {
  describe(`a check of kind ${kind}`, () => {
    const secret = 'n0t-to-be-told';
    let stage: Stage;
    beforeEach(async () => {
      stage = await openStage();
    });
    afterEach(() => stage.close());

    async function run(
      tries: number,
      reference = '${env:TOKEN}',
      attempt: StoppableAttempt = anAttempt(),
      interval = 1,
    ) {
      const check = stage.check({ tries, interval, reference });
      const [result] = await checkAll([check], surroundingsWith({ TOKEN: secret }), attempt);
      return result;
    }

    test.each<[Outcome, string]>([
      ['right', 'passed'],
      ['wrong', 'failed'],
      ['silent', 'unknown'],
    ])('that finds a %s answer has %s, and says what was found and when', async (outcome, verdict) => {
      stage.plays(outcome);
      const result = await run(1);
      expect(result).toMatchObject({
        name: stage.check({ tries: 1, interval: 1, reference: '' }).name,
        verdict,
        tries: 1,
      });
      expect(result?.detail).not.toBe('');
      expect(result?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(typeof result?.latency).toBe(outcome === 'silent' ? 'undefined' : 'number');
    });

    test.each<[string, Outcome[], string, number]>([
      ['one try that passes is enough', ['wrong', 'silent', 'right'], 'passed', 3],
      ['no try is made after one that passes', ['right', 'wrong'], 'passed', 1],
      ['a wrong answer weighs more than silence after it', ['wrong', 'silent'], 'failed', 4],
      ['a wrong answer weighs more than silence before it', ['silent', 'silent', 'silent', 'wrong'], 'failed', 4],
      ['only silence could not be judged', ['silent'], 'unknown', 4],
    ])('of several tries: %s', async (_, outcomes, verdict, tries) => {
      stage.plays(...outcomes);
      expect(await run(4)).toMatchObject({ verdict, tries });
      expect(stage.looks()).toBe(tries);
    });

    test('never tells a secret', async () => {
      stage.plays('wrong');
      const result = await run(1);
      expect(result?.verdict).toBe('failed');
      expect(JSON.stringify(result)).not.toContain(secret);
    });

    test('fails clearly, before it looks, where a reference is not defined', async () => {
      await expect(run(1, '${env:MISSING}')).rejects.toMatchObject({ code: 'ENV_REFERENCE_UNDEFINED' });
      expect(stage.looks()).toBe(0);
    });

    test.each<[string, Outcome]>([
      ['a look', 'right'],
      ['a pause', 'wrong'],
    ])('ends with the reason of an abort in %s', async (_, outcome) => {
      const attempt = anAttempt();
      stage.plays(outcome);
      stage.onLook(() => attempt.stop(new Error('stopped by people')));
      await expect(run(2, '', attempt, 3_600_000)).rejects.toThrow('stopped by people');
    });
  });
}
