import type { Service } from '../../release/project';
import type { Workspace } from '../repository';
import type { Act, Refs } from './push-acts';

/** A repository that answers, fetched. */
export interface Ground {
  /** Its address, for people. */
  readonly name: string;
  readonly services: readonly Service[];
  readonly workspace: Workspace;
  readonly refs: Refs;
  /** The trunk's commit. */
  readonly head: string;
  readonly acts: readonly Act[];
  /** The host has told its rules by its API. */
  readonly areRulesKnown: boolean;
}
