import { placeholders, placeholdersIn } from '../../release/placeholders';
import { suggest } from '../nearest';
import type { DraftText } from './draft';
import type { Report, Rule } from './rule';
import { textsIn } from './texts';

/** A pattern for tags holds what tells one tag from the next, each once, so that a tag can be read back. */
export const patternsTellTagsApart: Rule = ({ versionTag, services, triggers }, { problem }) => {
  const need = (text: DraftText | undefined, ...names: string[]) => {
    const found = placeholdersIn(text?.text ?? '');
    // A placeholder that is not known is probably the one that is missed; another rule speaks of it.
    if (found.some((each) => !['version', ...placeholders.rollbackTag].includes(each))) return;
    for (const name of text ? names : []) {
      const times = found.filter((each) => each === name).length;
      if (times === 1) continue;
      const message = times === 0 ? `lacks {${name}}` : `holds {${name}} more than once`;
      problem(text?.path ?? [], message, `Write for example ${JSON.stringify(example(text?.text ?? '', names))}.`);
    }
  };
  need(versionTag, 'version');
  for (const { tag } of triggers) need(tag, 'version');
  for (const { pointer } of services) {
    if (pointer?.kind === 'tag') need(pointer.name, 'version');
    need(pointer?.newTag, 'previous', 'n');
    need(pointer?.redeployTag, 'version', 'n');
  }
};

/** Only placeholders that are filled in stand in patterns, addresses and commands. */
export const placeholdersAreKnown: Rule = ({ versionTag, services, environments, triggers }, report) => {
  for (const tag of [versionTag, ...triggers.map((trigger) => trigger.tag)])
    if (tag) judge(tag, placeholders.versionTag, report);
  for (const { path, pointer, live, smoke } of services) {
    if (pointer) {
      if (pointer.kind === 'tag') judge(pointer.name, placeholders.tagPointer, report);
      if (pointer.kind === 'branch') judge(pointer.name, [], report);
      if (pointer.newTag) judge(pointer.newTag, placeholders.rollbackTag, report);
      if (pointer.redeployTag) judge(pointer.redeployTag, placeholders.redeployTag, report);
      const words = (['undo', 'redeploy'] as const).flatMap((part) => {
        const form = pointer[part];
        const { command } = typeof form === 'object' && form ? (form as { command?: unknown }) : {};
        return textsIn(command, [...pointer.path, part, 'command']);
      });
      words.forEach((word) => judge(word, placeholders.undoCommand, report));
      words.forEach((word) => judgeDollars(word, placeholders.undoCommand, report));
      for (const part of ['active', 'cancel']) {
        const http = textsIn(pointer.builds[part], [...pointer.path, 'builds', part]).filter(isAddress);
        http.forEach((text) => judge(text, placeholders.builds, report));
      }
    }
    const addresses = [
      ...textsIn(live, [...path, 'live']),
      ...smoke.flatMap((check) => textsIn(check.fields, check.path)),
    ];
    addresses.filter(isAddress).forEach((text) => judge(text, [], report));
  }
  const waiting = environments.flatMap(({ checks }) => checks).flatMap((check) => textsIn(check.fields, check.path));
  waiting.filter(isAddress).forEach((text) => judge(text, [], report));
};

const isAddress = ({ path }: DraftText) => path.at(-1) === 'http';

function judge({ path, text }: DraftText, known: readonly string[], { problem }: Report): void {
  for (const name of new Set(placeholdersIn(text))) {
    if (known.includes(name)) continue;
    const hint = known.length === 0 ? 'Write the value itself.' : suggest(name, known);
    problem(path, `{${name}} is not filled in here`, hint);
  }
}

/** `${version}` would be half filled in: it is neither the placeholder nor, any more, the shell's variable. */
function judgeDollars({ path, text }: DraftText, known: readonly string[], { problem }: Report): void {
  for (const [found, name = ''] of text.matchAll(/\$\{(\w+)\}/g)) {
    if (known.includes(name))
      problem(path, `${found} is half a placeholder`, `Write {${name}}, without the dollar sign.`);
  }
}

/** `text` with each of `names` in it once. */
function example(text: string, names: readonly string[]): string {
  const bare = names.reduce((rest, name) => rest.replaceAll(`{${name}}`, ''), text).replace(/[-./]+$/, '');
  const [first, ...others] = names.map((name) => `{${name}}`);
  return [`${bare}${/[A-Za-z0-9]$/.test(bare) && !/(^|\/)v$/.test(bare) ? '-' : ''}${first}`, ...others].join(
    names.includes('previous') ? '-rollback.' : '-redeploy.',
  );
}
