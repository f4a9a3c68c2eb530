import { namesCanBePartOfIds } from './names';
import type { Rule } from './rule';

/** Every rule that a file is judged by. */
export const rules: readonly Rule[] = [namesCanBePartOfIds];
