import { acts, actTable, type Act } from '../../release/acts';
import { gitHubTeamsIn, membersOf, type WhoIsWho } from '../../release/people';
import type { DraftEnvironment } from './draft';
import type { Rule } from './rule';

/** Rules that come from a repository have one. */
export const rulesHaveARepository: Rule = ({ value }, { problem }) => {
  const { rules, repository } = value as { rules?: unknown; repository?: unknown };
  if (typeof rules !== 'object' || rules === null || repository !== undefined) return;
  const own = (rules as { repository?: unknown }).repository;
  if (typeof own === 'object' && own !== null && 'url' in own) return;
  const hint = 'Write repository: { url: … } in it, or at the top of the file for all services.';
  problem(['rules'], 'has no repository', hint, 'key');
};

/** Where words to an environment must be signed, somebody can sign them, and no request can take that away. */
export const wordsAreSigned: Rule = ({ value, environments, whoIsWho }, { problem }) => {
  const file = value as { rules?: unknown };
  const signers = Object.values(whoIsWho.people ?? {}).flatMap(({ name, bot, githubKeys, keys }) =>
    !bot && (githubKeys || keys.length > 0) ? [name] : [],
  );
  for (const environment of environments) {
    if (environment.form['signed'] !== 'required') continue;
    const at = [...environment.path, 'signed'];
    if (file.rules === undefined) {
      const hint =
        'Write rules: { branch: main } at the top of the file, so that the rules come from a protected commit.';
      problem(at, 'could be taken away by anybody who asks for a release', hint);
    }
    const hint = 'Write keys under people: keys: ["ssh-ed25519 …"], or keys: github.';
    if (signers.length === 0) problem(at, 'nobody here has a key', hint);
    const stuck = signers.length === 0 ? [] : whatNobodyCanSign(environment, whoIsWho, signers);
    const other = 'Write keys of those who may under people, or name others under may.';
    if (stuck.length > 0) problem(at, `nobody who has a key may ${stuck.join(', ')}`, other);
  }
};

/** What people are named for of whom none can sign: a release would wait for them for ever. */
function whatNobodyCanSign(environment: DraftEnvironment, whoIsWho: WhoIsWho, signers: readonly string[]): string[] {
  const { approvals, gates, may } = environment;
  const approvers = approvals.flatMap((rule) => rule.approvers.map(({ text }) => text));
  const isAnybodyAsked = approvals.length === 0 || approvals.some((rule) => rule.approvers.length === 0);
  const said = (act: Act) => may.filter(({ path }) => path[3] === act).map(({ text }) => text);
  const whoMay = (act: Act): string[] => {
    const words = said(act);
    if (words.length > 0) return words;
    return act === 'freeze' ? whoMay('request') : [actTable[act].otherwise];
  };
  const isStuck = (words: readonly string[]) => {
    if (words.includes('anyone') || (words.includes('approvers') && isAnybodyAsked)) return false;
    const named = words.flatMap((word) => (word === 'approvers' ? approvers : [word]));
    // Who is in a team of GitHub is not known here.
    if (gitHubTeamsIn(whoIsWho, named).length > 0) return false;
    const names = membersOf(whoIsWho, named).map((name) => name.toLowerCase());
    return !signers.some((name) => names.includes(name.toLowerCase()));
  };
  return [
    ...acts.filter((act) => act !== 'request' && isStuck(whoMay(act))),
    ...gates
      .filter(({ by }) => by.length > 0 && isStuck(by.map(({ text }) => text)))
      .map(({ name }) => `tick what the gate ${name || 'manual'} asks for`),
  ];
}
