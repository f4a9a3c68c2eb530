import type { GateRule } from '../../../release/gate-rule';
import { anAttempt } from '../../support/attempts';
import { GateScene } from './stage';

/** What the world says to a gate: yes, no, nothing. */
export type Says = 'yes' | 'no' | 'nothing';

/** A gate of one kind, and the world that it asks about. */
export interface GateStage {
  /** Texts that may hold references hold `${env:SECRET}`. */
  readonly rule: GateRule;
  /** From now on the world says so. */
  says(what: Says): void | Promise<void>;
  close?(): Promise<void>;
}

export const secret = 'n0t-to-be-told';

/** What every kind of gate must do. A new kind runs this, and brings its own tests for what only it can do. */
export function describeGateKind(
  kind: GateRule['kind'],
  open: (scene: GateScene) => GateStage | Promise<GateStage>,
): void {
  describe(`a gate of kind ${kind}`, () => {
    let scene: GateScene;
    let stage: GateStage;
    beforeAll(async () => {
      scene = await GateScene.open();
      scene.env['SECRET'] = secret;
      stage = await open(scene);
    });
    afterAll(async () => {
      await stage?.close?.();
      await scene?.close();
    });
    const patient = (wait: number): GateRule => ({ ...stage.rule, wait });

    test.each<[Says, string]>([
      ['yes', 'passed'],
      ['no', 'failed'],
      ['nothing', 'unknown'],
    ])('that is told %s has %s, and says why', async (says, verdict) => {
      await stage.says(says);
      const [report] = await scene.ask([patient(0)]);
      expect(report).toMatchObject({ id: stage.rule.name, hard: true, verdict });
      expect(report?.detail).not.toBe('');
      expect(report).not.toHaveProperty('pending');
    });

    test('waits where there is no answer, says since and until when, and passes once there is one', async () => {
      await stage.says('nothing');
      const [pending] = await scene.ask([patient(3_600_000)]);
      expect(pending?.verdict).toBe('unknown');
      const { since = '', until = '' } = pending?.pending ?? {};
      expect(Date.parse(until) - Date.parse(since)).toBe(3_600_000);
      await stage.says('yes');
      const [report] = await scene.await([patient(3_600_000)], [pending!]);
      expect(report).toMatchObject({ id: stage.rule.name, verdict: 'passed' });
      expect(report).not.toHaveProperty('pending');
    });

    test('has waited long enough when its patience is over, and never passes by that', async () => {
      await stage.says('nothing');
      const reports = await scene.ask([patient(50)]);
      const [report] = reports[0]?.pending ? await scene.await([patient(50)], reports) : reports;
      expect(report?.verdict).not.toBe('passed');
      expect(report).not.toHaveProperty('pending');
    });

    test('never tells a secret', async () => {
      const told: unknown[] = [];
      for (const says of ['yes', 'no', 'nothing'] as const) {
        await stage.says(says);
        const reports = await scene.ask([patient(200)]);
        told.push(
          reports,
          await scene.await(
            [patient(200)],
            reports,
            anAttempt((details) => told.push(details)),
          ),
        );
      }
      const text = JSON.stringify(told);
      for (const value of [secret, scene.env['GITHUB_TOKEN']!]) expect(text).not.toContain(value);
    });

    test('that is soft says so, whatever it says', async () => {
      await stage.says('no');
      expect(await scene.ask([{ ...stage.rule, guard: 'soft' }])).toMatchObject([{ hard: false, verdict: 'failed' }]);
    });

    test('ends with the reason of an abort', async () => {
      await stage.says('yes');
      const signal = AbortSignal.abort(new Error('stopped by people'));
      await expect(scene.ask([stage.rule], anAttempt(undefined, signal))).rejects.toThrow('stopped by people');
    });
  });
}
