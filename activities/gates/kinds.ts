import type { AskedGateRule } from '../../release/gate-rule';
import { ci } from './ci';
import { command } from './command';
import type { GateContext, GateKind, GateLook, GateQuestion, GateService } from './gate-kind';
import { environment } from './environment';
import { http } from './http';
import { issues } from './issues';
import { manifest } from './manifest';
import { monitoring } from './monitoring';
import { notes } from './notes';
import { protection } from './protection';
import { review } from './review';
import { settings } from './settings';

/** Every kind of gate. A new one is one more line here. */
const kinds: { readonly [K in AskedGateRule['kind']]: GateKind<Extract<AskedGateRule, { kind: K }>> } = {
  ci,
  review,
  issues,
  protection,
  manifest,
  notes,
  environment,
  command,
  http,
  monitoring,
  settings,
};

const kindOf = (rule: AskedGateRule): GateKind => kinds[rule.kind];

/** Looks at a gate by its kind. */
export function lookAtGate(question: GateQuestion, context: GateContext): Promise<GateLook> {
  return kindOf(question.rule).look(question, context);
}

/** What is asked about at once. */
export function subjectOf(rule: AskedGateRule, service: GateService): string {
  return kindOf(rule).subject(service, rule);
}
