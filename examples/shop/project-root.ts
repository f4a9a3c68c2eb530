import { projectRoot as findRoot } from '../../config/project-root';

/** The folder that holds the project's package.json, whether this runs as TypeScript or compiled in dist/. */
export const projectRoot = findRoot();
