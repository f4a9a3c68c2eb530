/** What people say to an environment, read: whose word it is, what it needs, and what it does. */
import { problemOfAdopt, type AdoptRequest } from '../release/adoption';
import { parseFreeze, parseUnfreeze } from '../release/calendar/announced';
import { problemOfQueueMove, problemOfRollback } from '../release/environment-request';
import type { EnvironmentRules } from '../release/environment-rules';
import type { WordAnswer } from '../release/environment-state';
import type { Act } from '../release/acts';
import type { WordKind } from '../release/signed-word';
import type { RollbackRequest } from '../release/rollback-request';
import { parseAcceptance } from '../release/soak-messages';
import { USUAL_STOP_LIMIT, parseLift, parseStop } from '../release/stop';
import type { EnvironmentRecord } from './environment-record';
import { moveInQueue } from './environment-requests';
import { announce, unfreeze } from './freezes';
import type { EnvironmentInput, QueueMove } from './messages';
import { acceptBreach } from './soaks';
import { lift, stop, stopsMeant } from './stops';

/** A word that was read: whose it is, its own id, what it needs, and what it does. */
export interface Word {
  readonly by: string;
  /** Empty = none was given. */
  readonly id: string;
  readonly act: Act;
  /** `said`: by whom, and how sure we are. */
  readonly carryOut: (said: string) => WordAnswer;
}

/** Why something is no such word. */
export interface NoWord {
  readonly problem: string;
}

/** What takes longer than a word. `said`: by whom, and how sure we are. `isJudged`: that they may is known. */
export interface Beginnings {
  readonly adopt: (request: AdoptRequest, said: string, isJudged: boolean) => void;
  readonly rollBack: (request: RollbackRequest, isJudged: boolean) => void;
}

/** For whom it is read. */
interface Reading {
  readonly input: EnvironmentInput;
  readonly record: EnvironmentRecord;
  /** The rules by which words are judged; undefined = nobody has asked for a release yet. */
  readonly rules: EnvironmentRules | undefined;
  readonly begin: Beginnings;
}

/** What a payload says; what it does is begun when it is carried out. */
export function readWord(kind: WordKind, payload: unknown, { input, record, rules, begin }: Reading): Word | NoWord {
  switch (kind) {
    case 'freeze': {
      const read = parseFreeze(payload, Date.now());
      if ('problem' in read) return read;
      const { by, request: id } = read.order;
      return { by, id, act: 'freeze', carryOut: (said) => announce(record, read.order, said) };
    }
    case 'unfreeze': {
      const read = parseUnfreeze(payload);
      if ('problem' in read) return read;
      const { by, id } = read.order;
      return { by, id, act: 'freeze', carryOut: (said) => unfreeze(record, read.order, said) };
    }
    case 'stop': {
      const read = parseStop(payload, Date.now(), rules?.stopLimit ?? USUAL_STOP_LIMIT);
      if ('problem' in read) return read;
      const { by, request: id, everything } = read.order;
      const act = everything ? 'stopEverything' : 'stop';
      return { by, id, act, carryOut: (said) => stop(record, read.order, said) };
    }
    case 'liftStop': {
      const read = parseLift(payload);
      if ('problem' in read) return read;
      const { by, request: id } = read.order;
      // Those that hold now: one of everything that comes while the sender is proven needs more than this.
      const meant = stopsMeant(record, read.order);
      const act = meant.some(({ everything }) => everything) ? 'stopEverything' : 'stop';
      return { by, id, act, carryOut: (said) => lift(record, read.order, meant, said) };
    }
    case 'moveInQueue': {
      const problem = problemOfQueueMove(payload);
      if (problem !== undefined) return { problem };
      const move = payload as QueueMove;
      return { by: move.by, id: move.requestId, act: 'request', carryOut: (said) => moveInQueue(record, move, said) };
    }
    case 'adopt': {
      const problem = problemOfAdopt(payload, input);
      if (problem !== undefined) return { problem };
      const request = payload as AdoptRequest;
      const { by, requestId: id } = request;
      const carryOut = (said: string): WordAnswer => {
        begin.adopt(request, said, rules !== undefined);
        return { accepted: true, id, detail: 'what runs is being looked at' };
      };
      return { by, id, act: 'adopt', carryOut };
    }
    case 'acceptBreach': {
      const read = parseAcceptance(payload);
      if ('problem' in read) return read;
      const { by, request: id } = read.order;
      return { by, id, act: 'resolve', carryOut: (said) => acceptBreach(record, read.order, said) };
    }
    case 'rollback': {
      const problem = problemOfRollback(payload, input);
      if (problem !== undefined) return { problem };
      const request = payload as RollbackRequest;
      const { by, requestId: id } = request;
      const carryOut = (said: string): WordAnswer => {
        begin.rollBack(request, rules !== undefined);
        return { accepted: true, id, detail: `${said} asks for a rollback` };
      };
      return { by, id, act: 'rollback', carryOut };
    }
  }
}
