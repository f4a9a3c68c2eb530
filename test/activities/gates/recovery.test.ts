import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGateActivities } from '../../../activities/gates';
import type { GateReport } from '../../../release/gate';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { aCheck, anEnvironment, aProject, aService } from '../../support/builders';
import { aRelease } from '../../support/migration-orders';

test('the health of what runs is asked again until its smoke checks pass', async () => {
  let looks = 0;
  const server = createServer((_, response) => {
    response.statusCode = ++looks > 1 ? 200 : 503;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const ill: GateReport = { id: 'healthy:api', hard: false, verdict: 'failed', detail: 'up: 503' };
  const project = aProject([aService('api', { smoke: [aCheck('up', url)] })], anEnvironment());
  const previous = { commit: 'a'.repeat(40), version: '1.1.0' };
  const services = [{ service: 'api', commit: 'b'.repeat(40), previous }];
  const input = { release: aRelease(), project, services, gates: [ill], recovering: true } as const;
  try {
    const gates = createGateActivities(someSurroundings({}));
    expect(await gates.awaitGates({ ...input, limit: 30_000 }, anAttempt())).toEqual([
      { ...ill, verdict: 'passed', detail: 'its smoke checks pass again' },
    ]);
    expect(looks).toBe(2);
    expect(await gates.awaitGates({ ...input, limit: 0 }, anAttempt())).toEqual([]);
  } finally {
    server.close();
  }
});
