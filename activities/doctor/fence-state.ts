import { fail, pass, warn, type Look } from '../../release/doctor';
import { fenceHolder, parseFence, type FenceValue } from '../../release/fence';
import { parseTag } from '../../release/git-objects';
import { fenceRef } from '../../release/identity';
import type { Patient } from './examiner';
import type { Ground } from './ground';

/** Who holds the environment in this repository: another Temporal, or a release that is gone. */
export async function lookAtFence({ name, workspace, refs }: Ground, patient: Patient): Promise<Look> {
  const ref = fenceRef({ project: patient.project.name, environment: patient.environment.name });
  const title = `${name}: fence`;
  const id = refs.get(ref);
  if (id === undefined) return pass(title, `${ref} is not there; the first release makes it`);
  if (!(await workspace.has([id]))) await workspace.fetchRef(ref);
  const { code, stdout } = await workspace.local(['cat-file', 'tag', id]);
  const value = code === 0 ? parseFence(parseTag(stdout)?.message ?? '') : undefined;
  if (!value) {
    const todo = `See docs/lock.md: only Slipway writes ${ref}. A newer Slipway may have.`;
    return fail(title, `what ${ref} names is none of ours that this version can read`, todo);
  }
  return value.state === 'free' ? pass(title, 'nobody holds the environment') : lookAtHolder(title, value, patient);
}

async function lookAtHolder(title: string, value: FenceValue, { surroundings }: Patient): Promise<Look> {
  const holder = fenceHolder(value);
  if (value.cluster !== surroundings.cluster) {
    const detail = `another Temporal holds the environment: ${holder}, since ${value.since}`;
    return fail(title, detail, 'Let that release finish; if that Temporal is gone, see docs/lock.md.');
  }
  const isOpen = await surroundings.isReleaseOpen(value.holder, value.run);
  if (isOpen === false) return pass(title, `${value.holder} left it; the next release takes it over`);
  if (isOpen) return pass(title, `${value.holder} holds the environment, and runs`);
  const todo = `See \`slipway status ${value.holder}\`; the next release asks again.`;
  return warn(title, `${value.holder} holds the environment; whether it still runs could not be told`, todo);
}
