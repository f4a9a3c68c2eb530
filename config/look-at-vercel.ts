import { isMap, type Document, type LineCounter } from 'yaml';
import { noDeployment, type DeploymentFacts, type Seen } from './deployment-facts';
import { lineOf } from './line-of';

/** What `vercel.json` tells. Vercel deploys what is pushed to the production branch that its project names. */
export function lookAtVercel(document: Document, lines: LineCounter, file: string): DeploymentFacts {
  const at = (...path: string[]) => ({ file, line: lineOf(document, lines, path) });
  const enabled = document.getIn(['git', 'deploymentEnabled']);
  const branches = isMap(enabled)
    ? enabled.items.flatMap(({ key, value }) =>
        String(value) === 'true' && /^[\w][\w./-]*$/.test(String(key)) ? [String(key)] : [],
      )
    : [];
  const notes: Seen<string>[] = [
    {
      value:
        'Vercel deploys what is pushed to the production branch in its project settings: let that be the pointer below. Slipway has no ' +
        'pointer kind for Vercel’s own promotions yet',
      from: at('framework'),
    },
  ];
  if (document.has('crons'))
    notes.push({ value: 'crons run whatever is live; Slipway leaves them alone', from: at('crons') });
  return {
    ...noDeployment,
    pointers: branches.map((name) => ({
      value: { kind: 'branch', name } as const,
      from: at('git', 'deploymentEnabled', name),
    })),
    notes,
  };
}
