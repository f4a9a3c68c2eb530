import type { NotesGate } from '../../release/gate-rule';
import { fillName } from '../../release/ref-names';
import { saySomething, sectionOf } from '../../release/release-notes';
import { askGitHub } from './at-github';
import type { GateContext, GateKind, GateLook, GateQuestion } from './gate-kind';
import { inRepository, readAtCommit } from './in-repository';
import { ofCommit } from './subjects';

/** There are release notes of this version, and they are not empty. */
export const notes: GateKind<NotesGate> = {
  kind: 'notes',
  subject: ofCommit,
  look(question, context) {
    const { from } = question.rule;
    switch (from.in) {
      case 'file':
        return inFile(question, context, from.file);
      case 'tag':
        return inTag(question, context);
      case 'github-release':
        return inRelease(question, context);
    }
  },
};

function inFile(question: GateQuestion<NotesGate>, context: GateContext, file: string): Promise<GateLook> {
  return inRepository(question, context, async (workspace) => {
    const [{ commit }] = question.services;
    const { version } = question.release;
    const content = await readAtCommit(workspace, commit, file);
    if (!content) return failed(`there is no ${file} at ${commit.slice(0, 10)}`);
    const section = sectionOf(content.toString(), version);
    if (section === undefined) return failed(`${file} has no heading for ${version} at ${commit.slice(0, 10)}`);
    return judge(section, version, `the section of ${version} in ${file}`);
  });
}

function inTag(question: GateQuestion<NotesGate>, context: GateContext): Promise<GateLook> {
  const name = tagOf(question);
  if (name === undefined) return Promise.resolve(failed('versions are no tags here'));
  return inRepository(question, context, async (workspace) => {
    const ref = `refs/tags/${name}`;
    if (!(await workspace.refs()).has(ref)) await workspace.fetch([question.services[0].repository.trunk]);
    const tag = (await workspace.refs()).get(ref);
    if (!tag) return failed(`there is no tag ${name}`);
    const read = await workspace.local(['cat-file', 'tag', tag.object]);
    if (read.code !== 0) return failed(`${name} is a light tag, which has no message: make an annotated one`);
    const message = read.stdout
      .slice(read.stdout.indexOf('\n\n') + 2)
      .replace(/-----BEGIN [A-Z ]*SIGNATURE-----[\s\S]*/, '');
    return judge(message, question.release.version, `the message of tag ${name}`);
  });
}

async function inRelease(question: GateQuestion<NotesGate>, context: GateContext): Promise<GateLook> {
  const name = tagOf(question);
  if (name === undefined) return failed('versions are no tags here');
  const github = askGitHub(question, context, { what: 'releases', permission: 'Contents: read' });
  const found = await github.ask((octokit) => octokit.rest.repos.getReleaseByTag({ ...github.parameters, tag: name }), {
    missing: null,
  });
  if (!found) return failed(`GitHub has no published release of tag ${name}: publish one with the notes`);
  const { html_url: link, published_at: at, body } = found.data;
  const evidence = [{ name: `release ${name}`, link, ...(at && { at: new Date(at).toISOString() }) }];
  return { ...judge(body ?? '', question.release.version, `the release ${name} at GitHub`), evidence };
}

function tagOf({ versions, release }: GateQuestion<NotesGate>): string | undefined {
  return versions.kind === 'tag' ? fillName(versions.pattern, { version: release.version }) : undefined;
}

function judge(notes: string, version: string, what: string): GateLook {
  if (!saySomething(notes, version)) return failed(`${what} says nothing: write what changes`);
  return { verdict: 'passed', detail: `${what} says what changes` };
}

const failed = (detail: string): GateLook => ({ verdict: 'failed', detail });
