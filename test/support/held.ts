/** What holds a release at a place of its road for as long as a test wants: a verify wait, and a push. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Environment, Project } from '../../release/project';
import { aCheck } from './builders';

/** The old version, which the checks of the verify wait ask. */
export interface OldVersion {
  /** How often it was asked. */
  looks(): number;
  close(): void;
}

/** Gives production a verify wait of ten minutes, with a check that asks the old version ten times a second. */
export async function verifyForLong(project: Project): Promise<OldVersion> {
  let looks = 0;
  const server = createServer((_, response) => void response.end(String(++looks)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const health = aCheck('healthy', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const verify = { wait: 600_000, interval: 100, checks: [health] };
  const environments = project.environments as Record<string, Environment>;
  environments['production'] = { ...project.environments['production']!, verify };
  return { looks: () => looks, close: () => void server.close() };
}

/** Holds a push to one ref at the remote (a bare repository's folder) until it is let go. */
export function holdPush(remote: string, ref: string): () => void {
  const [held, hook] = [join(remote, 'held'), join(remote, 'hooks', 'update')];
  writeFileSync(held, '');
  writeFileSync(hook, `#!/bin/sh\n[ "$1" = "${ref}" ] || exit 0\nwhile [ -e '${held}' ]; do sleep 0.1; done\n`);
  chmodSync(hook, 0o755);
  return () => rmSync(held);
}
