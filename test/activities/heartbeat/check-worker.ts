/** Program: a worker with the activities of the checks only. Arguments: address of Temporal, task queue. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createCheckActivities } from '../../../activities/checks';
import { asActivity, HeartbeatInterceptor } from '../../../activities/heartbeat';
import { surroundingsWith } from '../checks/probes';

async function main(): Promise<void> {
  const [address = '', taskQueue = ''] = process.argv.slice(2);
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { watchChecks } = createCheckActivities(surroundingsWith());
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    activities: { watchChecks: asActivity(watchChecks, (text) => text) },
    interceptors: { activity: [() => ({ inbound: new HeartbeatInterceptor() })] },
    maxHeartbeatThrottleInterval: '500ms',
  });
  process.on('disconnect', () => process.exit(0));
  await worker.run();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
