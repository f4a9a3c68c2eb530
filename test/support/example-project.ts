import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseProject, type LoadedProject } from '../../config/load-project';
import { projectRoot } from '../../examples/shop/project-root';

/** The rules of `examples/<name>/slipway.yaml`. */
export function exampleProject(name: string): LoadedProject {
  const folder = join(projectRoot, 'examples', name);
  return parseProject(readFileSync(join(folder, 'slipway.yaml'), 'utf8'), { file: `${name}/slipway.yaml`, folder });
}
