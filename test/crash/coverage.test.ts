import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../examples/shop/project-root';
import { effects, triggerEffects } from '../support/crash-points';

test('every effect that the activities have is killed at in the matrix', () => {
  const folder = join(projectRoot, 'activities');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const found = new Set<string>();
  for (const path of sources) {
    const text = readFileSync(join(folder, path), 'utf8');
    for (const [, effect] of text.matchAll(/reach\(\s*['"`]([a-z-]+):(?:before|after)['"`]/g)) found.add(effect!);
    // Pushes reach their points by the name of the effect that they are given.
    for (const [, effect] of text.matchAll(
      /(?:untilDone|putBack|moveRef|pushAtomically)(?:<[^>]*>)?\(\s*scene,\s*'([a-z-]+)'/g,
    ))
      found.add(effect!);
  }
  expect(found.size).toBeGreaterThan(12);
  expect([...found].sort()).toEqual([...Object.keys(effects), ...triggerEffects].sort());
});
