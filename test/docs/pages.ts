import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../examples/shop/project-root';

/** A Markdown page of docs/, or the README. */
export interface Page {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of code. */
export interface Block {
  /** What stands behind the fence: the language, and words of ours such as `whole-file`. */
  readonly info: string;
  readonly text: string;
}

/** Every page for people, the README among them. */
export function pages(): Page[] {
  const docs = readdirSync(join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' });
  const paths = [...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)), 'README.md'];
  return paths.sort().map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
}

/** The fenced blocks of a page, without the indent of the list item that they stand in. */
export function blocksOf(text: string): Block[] {
  return [...text.matchAll(fenced)].map(([, indent = '', info = '', body = '']) => ({
    info,
    text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** The text without its fenced blocks: what is written in sentences and tables. */
export function proseOf(text: string): string {
  return text.replaceAll(fenced, '');
}

const fenced = /^( *)```(.*)\n([\s\S]*?)^ *```$/gm;
