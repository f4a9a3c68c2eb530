import { formatDuration } from '../../release/durations';
import { resolveReferences } from '../../release/env-references';
import type { SettingsGate, SettingsSource } from '../../release/gate-rule';
import { judgeSettings, settingNames } from '../../release/judge-settings';
import { mayAnswerLater, httpRequest } from '../checks/http-request';
import { filledAddress } from './address';
import { GateUnanswered, type GateContext, type GateKind, type GateLook, type GateQuestion } from './gate-kind';
import { endOf, runForGate } from './program';
import { ofRelease } from './subjects';

/** A secret of Kubernetes may have one MiB; its values are read here and told nowhere. */
const longestList = 4 * 1024 * 1024;

/** The named settings exist in the target, by a list of names that a program prints or a server answers. */
export const settings: GateKind<SettingsGate> = {
  kind: 'settings',
  subject: ofRelease,
  async look(question, context) {
    const { names, from } = question.rule;
    const { text, said, goesOn } =
      from.by === 'command' ? await printed(question, context, from) : await answered(question, context, from);
    const there = settingNames(text, from.json);
    if ('malformed' in there) return unknown(`${said} no list of names: ${there.malformed}`);
    const look = judgeSettings(names, there);
    if (look.verdict === 'passed' || !goesOn) return look;
    return { ...unknown('its list goes on at another page: ask for more names at once'), evidence: look.evidence };
  },
};

interface Listed {
  readonly text: string;
  /** The verb that goes before it. */
  readonly said: string;
  /** It is not the whole list. */
  readonly goesOn: boolean;
}

async function printed(
  question: GateQuestion<SettingsGate>,
  context: GateContext,
  { command }: Extract<SettingsSource, { by: 'command' }>,
): Promise<Listed> {
  const result = await runForGate(question, context, command, { limit: longestList });
  if (result.timedOut) return noList(`the program did not end within ${formatDuration(command.timeout)}`, 'later');
  if (result.code !== 0) return noList(endOf(result));
  if (result.truncated) return noList('the program printed too much');
  return { text: result.stdout, said: 'the program printed', goesOn: false };
}

async function answered(
  { rule, release }: GateQuestion<SettingsGate>,
  { lookup, signal }: GateContext,
  { url, headers, timeout }: Extract<SettingsSource, { by: 'http' }>,
): Promise<Listed> {
  const asked = resolveReferences({ url, headers }, lookup, `gate ${rule.name}`);
  const outcome = await httpRequest({
    url: filledAddress(asked.url, release),
    method: 'GET',
    headers: { accept: 'application/json', ...asked.headers },
    timeout,
    redirects: 0,
    signal,
    maxBytes: longestList,
  });
  if ('noAnswer' in outcome) return noList(`no answer: ${outcome.noAnswer}`, 'later');
  const { status, text, truncated, headers: sent } = outcome.answer;
  if (mayAnswerLater(status)) return noList(`it answered ${status}`, 'later');
  if (status < 200 || status >= 300) return noList(`it answered ${status}, not 200`);
  if (truncated) return noList('its list is too long');
  return { text, said: 'it answered with', goesOn: /;\s*rel="?next\b/i.test(sent['link'] ?? '') };
}

function noList(detail: string, when?: 'later'): never {
  throw new GateUnanswered({ ...unknown(detail), ...(when && { pending: {} }) });
}

const unknown = (detail: string): GateLook => ({ verdict: 'unknown', detail });
