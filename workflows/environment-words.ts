/**
 * What people say to an environment: read, recognised if it was said before, proven, judged by the rules that the
 * environment keeps, done, and answered. A word that needs no proof is judged at once, in the handler.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { ProofInput } from '../activities/contract';
import { clip } from '../release/clip';
import { signatureIn, type DecisionSignature } from '../release/decision';
import { requestIdOf } from '../release/environment-request';
import type { EnvironmentRules } from '../release/environment-rules';
import type { WordAnswer } from '../release/environment-state';
import { errorReport } from '../release/errors';
import { refuseAct } from '../release/may';
import type { Act } from '../release/acts';
import { personCalled } from '../release/people';
import { isObject } from '../release/release-request';
import { questionText } from '../release/signature';
import { mustBeSigned, rememberedUntil, signedWord, type WordKind } from '../release/signed-word';
import type { EnvironmentRecord } from './environment-record';
import type { On } from './handlers';
import { askForProof, membershipOf } from './identity';
import {
  acceptBreachSignal,
  acceptBreachUpdate,
  freezeSignal,
  freezeUpdate,
  liftStopSignal,
  liftStopUpdate,
  adoptSignal,
  moveInQueueSignal,
  stopSignal,
  stopUpdate,
  unfreezeSignal,
  unfreezeUpdate,
  type EnvironmentInput,
} from './messages';
import { readWord, type Beginnings, type Word } from './read-word';

type Answer = WordAnswer | Promise<WordAnswer>;

/**
 * Takes all words, most of them as a signal and as an update; `changed` is called after one that counted. Returns how a
 * word is taken whose handler is another's.
 */
export function takeWords(
  on: On,
  input: EnvironmentInput,
  record: EnvironmentRecord,
  changed: (kind: WordKind) => void | Promise<void>,
  begin: Beginnings,
): (kind: WordKind, payload: unknown) => void | Promise<void> {
  const words = new EnvironmentWords(input, record, changed, begin);
  const take = (kind: WordKind) => (payload: unknown) => words.take(kind, payload);
  const asSignal = (kind: WordKind) => (payload: unknown) => silent(words.take(kind, payload));
  const asIt = { description: 'As the update of that name.' };
  on(freezeUpdate, take('freeze'), {
    description: 'Announce a freeze: {"by": "you", "reason": "why", "for": "2h"}',
  });
  on(freezeSignal, asSignal('freeze'), asIt);
  on(unfreezeUpdate, take('unfreeze'), { description: 'End one: {"by": "you", "id": "f1", "reason": "why"}' });
  on(unfreezeSignal, asSignal('unfreeze'), asIt);
  on(stopUpdate, take('stop'), {
    description: 'Hold every release before its next change: {"by": "you", "reason": "why", "for": "15m"}',
  });
  on(stopSignal, asSignal('stop'), asIt);
  on(liftStopUpdate, take('liftStop'), { description: 'Let them go on: {"by": "you", "reason": "why"}' });
  on(liftStopSignal, asSignal('liftStop'), asIt);
  on(acceptBreachUpdate, take('acceptBreach'), {
    description: 'Let what soaks run on: {"breach": "1.2.0/1/b1", "by": "you", "reason": "why"}',
  });
  on(acceptBreachSignal, asSignal('acceptBreach'), asIt);
  on(adoptSignal, asSignal('adopt'), {
    description: 'Take what runs for what is meant to run: {"requestId": "any new text", "by": "you", "reason": "why"}',
  });
  on(moveInQueueSignal, asSignal('moveInQueue'), {
    description:
      'Change the order: {"requestId": "any new text", "releaseId": "…", "to": "first", "by": "you", "reason": "why"}',
  });
  return (kind, payload) => silent(words.take(kind, payload));
}

const silent = (answer: Answer): void | Promise<void> =>
  answer instanceof Promise ? answer.then(() => undefined) : undefined;

class EnvironmentWords {
  /** Being proven, by kind and id: sent again meanwhile it is the same. */
  private readonly pending = new Map<string, Promise<WordAnswer>>();

  constructor(
    private readonly input: EnvironmentInput,
    private readonly record: EnvironmentRecord,
    private readonly changed: (kind: WordKind) => void | Promise<void>,
    private readonly begin: Beginnings,
  ) {}

  take(kind: WordKind, payload: unknown): Answer {
    const { input, record, rules, begin } = this;
    if (record.recalling) return record.recalling.then(() => this.take(kind, payload));
    const word = readWord(kind, payload, { input, record, rules, begin });
    if ('problem' in word) return this.refuse(kind, payload, word.problem);
    // A freeze ends once: its number is never given again.
    const key = word.id === '' || kind === 'unfreeze' ? '' : `${kind} ${word.id}`;
    const before = key === '' ? undefined : (this.record.saidBefore(key) ?? this.pending.get(key));
    if (before) return before;
    const question = this.question(kind, payload, word);
    if ('refused' in question) return this.refuse(kind, payload, question.refused);
    if (!question.ask) return this.judge(kind, payload, word, []);
    const answer = this.prove(kind, payload, word, question.ask);
    if (key !== '') this.pending.set(key, answer);
    return answer;
  }

  /** The rules by which words are judged: none, as long as nobody has asked for a release. */
  private get rules(): EnvironmentRules | undefined {
    return this.record.state.wordRules?.rules;
  }

  /** What must be asked about the sender, if anything. */
  private question(
    kind: WordKind,
    payload: unknown,
    { by, id, act }: Word,
  ): { readonly refused: string } | { readonly ask: ProofInput | undefined } {
    const { rules } = this;
    const signature = signatureIn(fieldOf(payload, 'signature'));
    if (signature === undefined)
      return { refused: '"signature" must be {"at": "…Z", "ssh": "-----BEGIN SSH SIGNATURE-----…"}' };
    if (!rules) {
      // Production may be broken: whose key it is, is not known, and it is taken for the claim that it is then.
      if (signature === null || kind === 'rollback') return { ask: undefined };
      return { refused: 'no release was asked for here yet, so no key is known: send it without a signature' };
    }
    if (signature === null && mustBeSigned(rules, kind)) {
      return { refused: `it is only claimed, and ${rules.name} takes signed words only: send it with \`slipway\`` };
    }
    if (signature !== null && id === '') return { refused: 'it is signed, but has no "id": a signature counts once' };
    const membership = membershipOf(rules, rules, by, { act });
    if (signature === null && membership.teams.length === 0) return { ask: undefined };
    const questioned = signature && this.questionSigned(kind, payload, by, signature, rules);
    if (questioned && 'refused' in questioned) return questioned;
    const { workflowId, runId } = workflowInfo();
    const ask: ProofInput = {
      recipient: { id: workflowId, runId },
      decision: { kind, id },
      signature: questioned && signature && { ...signature, ...questioned.question },
      membership,
      repository: rules.repository,
    };
    return { ask };
  }

  private questionSigned(
    kind: WordKind,
    payload: unknown,
    by: string,
    signature: DecisionSignature,
    rules: EnvironmentRules,
  ) {
    const text = signedWord(this.input, kind, payload as Record<string, unknown>, signature.at);
    return questionText(rules, signature, Date.now(), { by, text, where: rules.name });
  }

  private async prove(kind: WordKind, payload: unknown, word: Word, ask: ProofInput): Promise<WordAnswer> {
    const key = `${kind} ${word.id}`;
    try {
      const proof = await askForProof(ask, word.by);
      if (proof.verdict === 'failed') return this.refuse(kind, payload, proof.detail);
      if (proof.verdict === 'unknown') {
        return this.refuse(kind, payload, `who it is by could not be told (${proof.detail}): send it again`);
      }
      // The rules may have changed meanwhile; so may what was said.
      return this.record.saidBefore(key) ?? (await this.judge(kind, payload, word, proof.teams, ask.signature));
    } finally {
      this.pending.delete(key);
    }
  }

  private judge(
    kind: WordKind,
    payload: unknown,
    { by, id, act, carryOut }: Word,
    teams: readonly string[],
    signed: ProofInput['signature'] = null,
  ): Answer {
    const { rules, record } = this;
    const refusal = rules ? refuseAct(rules, rules, act, by, teams) : refuseUnruled(act);
    if (refusal !== undefined) return this.refuse(kind, payload, refusal);
    const person = (rules && personCalled(rules, by)?.name) ?? by;
    const answer = carryOut(signed ? `${person} (signed with ${signed.fingerprint})` : person);
    if (!answer.accepted) return this.refuse(kind, payload, answer.detail, answer.id);
    if (id !== '' && kind !== 'unfreeze') {
      const until = signed ? { until: rememberedUntil(signed.at, Date.now()) } : {};
      record.remember({ word: `${kind} ${id}`, answer, ...until });
    }
    const told = kind === 'rollback' ? undefined : this.changed(kind);
    return told instanceof Promise ? told.then(() => answer) : answer;
  }

  private refuse(kind: WordKind, payload: unknown, detail: string, id = ''): WordAnswer {
    const by = fieldOf(payload, 'by');
    this.record.log(`ignored a word, ${kind}${typeof by === 'string' ? ` by ${clip(by, 60)}` : ''}: ${detail}`);
    const request = ['moveInQueue', 'adopt', 'rollback'].includes(kind) ? requestIdOf(payload) : undefined;
    if (request !== undefined && !this.record.answerTo(request)) {
      this.record.answer(request, { refused: errorReport('NOT_ALLOWED', { detail }) });
    }
    return { accepted: false, id, detail };
  }
}

/** What is allowed while nobody has asked for a release: then nothing runs that could be hurt, but a way back. */
const refuseUnruled = (act: Act): string | undefined =>
  act === 'stopEverything' ? 'no release was asked for here yet, so it is not known who may halt ways back' : undefined;

const fieldOf = (payload: unknown, name: string): unknown => (isObject(payload) ? payload[name] : undefined);
