#!/usr/bin/env node
/** The program `slipway`: compiles the project if need be, then is its command line, in the user's own folder. */
import { join } from 'node:path';
import { checkNode, ensureBuilt, root } from './ensure-built.mjs';
import { runInPlace } from './run-in-place.mjs';

checkNode();
await ensureBuilt();
runInPlace(join(root, 'dist', 'client', 'main.js'), process.argv.slice(2));
