import type { Finding } from '../problems';
import { draftOf } from './draft';
import { rules } from './table';

/** Runs every rule on the raw value of the file, also where its schema found something wrong. */
export function judgeByRules(value: unknown, folder: string): { problems: Finding[]; warnings: Finding[] } {
  const problems: Finding[] = [];
  const warnings: Finding[] = [];
  const draft = draftOf(value, folder);
  for (const rule of rules) {
    rule(draft, {
      problem: (path, message, hint, at = 'value', others = []) =>
        void problems.push({ path, message, hint, at, others }),
      warning: (path, message, hint, at = 'value', others = []) =>
        void warnings.push({ path, message, hint, at, others }),
    });
  }
  return { problems, warnings };
}
