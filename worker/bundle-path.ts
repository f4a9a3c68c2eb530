import { join, sep } from 'node:path';

/** Where the workflow bundle is: in `dist/worker`, whether this runs compiled or, in tests, from source. */
export const bundlePath = join(
  __dirname.includes(`${sep}dist${sep}`) ? __dirname : join(__dirname, '../dist/worker'),
  'workflow-bundle.js',
);
