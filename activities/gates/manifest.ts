import type { ManifestGate } from '../../release/gate-rule';
import { fieldValue } from '../repository/resolve-version';
import type { GateKind } from './gate-kind';
import { inRepository, readAtCommit } from './in-repository';
import { ofCommit } from './subjects';

/** A field of a JSON or YAML file at the released commit is the version. Git alone tells. */
export const manifest: GateKind<ManifestGate> = {
  kind: 'manifest',
  subject: ofCommit,
  look: (question, context) =>
    inRepository(question, context, async (workspace) => {
      const { rule, release, services } = question;
      const [{ commit }] = services;
      const { file, field } = rule;
      const at = `at ${commit.slice(0, 10)}`;
      const content = await readAtCommit(workspace, commit, file);
      if (!content) return { verdict: 'failed', detail: `there is no ${file} ${at}` };
      const value = fieldValue(file, field, content);
      if (value === undefined) return { verdict: 'failed', detail: `${file} ${at} has no value at ${field}` };
      const evidence = [{ name: `${file} ${field}`, value }];
      if (value === release.version) return { verdict: 'passed', detail: `${field} in ${file} is ${value}`, evidence };
      const detail = `${field} in ${file} ${at} is ${value}, not ${release.version}: release the commit that has it`;
      return { verdict: 'failed', detail, evidence };
    }),
};
