/** Rulesets and their rules as GraphQL shows them. */
import type { Rule, Ruleset } from '../rules';
import { nodeId } from '../world';
import { connection, type Value } from './resolving';

export function rulesetValue(ruleset: Ruleset): Value {
  return {
    __typename: 'RepositoryRuleset',
    id: nodeId('RRS', ruleset.id),
    databaseId: ruleset.id,
    name: ruleset.name,
    enforcement: ruleset.enforcement.toUpperCase(),
    target: ruleset.target.toUpperCase(),
    conditions: { refName: { include: ruleset.include, exclude: ruleset.exclude } },
    rules: (args: { first?: number }) =>
      connection(
        ruleset.rules.map((rule) => ruleValue({ ruleset, rule })),
        args,
        'rules',
      ),
  };
}

export function ruleValue({ ruleset, rule }: { ruleset: Ruleset; rule: Rule }): Value {
  return {
    __typename: 'RepositoryRule',
    id: nodeId('RR', ruleset.id, rule.type),
    type: rule.type.toUpperCase(),
    repositoryRuleset: () => rulesetValue(ruleset),
  };
}
