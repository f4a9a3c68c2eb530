/** What the facts of a repository at GitHub mean for a release. */
import type { Finding } from '../../release/facts';
import { changesOfMove, changesOfUndo, judgeChanges, type Objections } from '../../release/ref-rules';
import type { PointerPlan } from '../pointers/pointer-kind';
import type { ApiFailure } from './api-failure';
import type { RepositoryFacts } from './facts';
import type { GitHubRepository } from './repository';

/** Whether the repository answers and takes changes with our credentials. */
export function remoteFinding(
  repository: GitHubRepository,
  facts: RepositoryFacts,
  writes: 'allowed' | ApiFailure,
): Finding {
  const { shown } = repository;
  const failed = (detail: string): Finding => ({ verdict: 'failed', detail: `${shown} ${detail}` });
  if (facts.archived) return failed('is archived: nothing can be changed there; unarchive it, or release from another');
  if (facts.disabled) return failed('is disabled: ask GitHub why');
  if (facts.permission === 'READ' || facts.permission === 'TRIAGE') {
    return failed(`can only be read with these credentials (${facts.permission}): give their owner write access`);
  }
  if (writes !== 'allowed') {
    const { kind, detail } = writes;
    if (kind === 'not allowed' || kind === 'credentials') {
      return failed(`takes no changes with these credentials (${detail}): give them "Contents: read and write"`);
    }
    return { verdict: 'unknown', detail: `${shown}: whether it takes changes could not be told: ${detail}` };
  }
  const renamed = repository.name.toLowerCase() !== repository.configured.toLowerCase();
  const note = renamed ? `; it was renamed from ${repository.configured}: write the new name into slipway.yaml` : '';
  return { verdict: 'passed', detail: `${shown} answers and takes changes${note}` };
}

/** A pointer's plan, with what the rules say about the way there and the way back. */
export function withRules(plan: PointerPlan, facts: RepositoryFacts): PointerPlan {
  const { rules } = facts;
  if (!rules) {
    const unseen =
      'its rules may not be read with these credentials ("Administration" is not needed, "Metadata: read" is)';
    return {
      ...plan,
      movable: add(plan.movable, { forbids: [], doubts: [unseen] }),
      wayBack: add(plan.wayBack, { forbids: [], doubts: [unseen] }),
    };
  }
  const undo = changesOfUndo(plan.move);
  return {
    ...plan,
    movable: add(plan.movable, judgeChanges(changesOfMove(plan.move), rules)),
    wayBack: undo.length > 0 ? add(plan.wayBack, judgeChanges(undo, rules), 'its rules allow that') : plan.wayBack,
  };
}

function add(finding: Finding, { forbids, doubts }: Objections, otherwise?: string): Finding {
  if (finding.verdict !== 'passed') return finding;
  if (forbids.length > 0) {
    return {
      verdict: 'failed',
      detail: `${forbids.join('; ')}: let Slipway's user or App bypass it, or move another ref`,
    };
  }
  const more = doubts.length > 0 ? doubts.join('; ') : otherwise;
  return more === undefined ? finding : { verdict: 'passed', detail: `${finding.detail}; ${more}` };
}
