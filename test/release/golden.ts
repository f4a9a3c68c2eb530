import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Expects `text` to be what stands in the golden file `name`, for people to read and compare. UPDATE_GOLDEN=1 writes
 * the file instead; read the difference before you commit it.
 */
export function expectGolden(name: string, text: string): void {
  const file = join(__dirname, 'golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
