/**
 * A program of its own: lets Temporal's SDK download its development server into the folder named by the first
 * argument. The SDK only offers "start one, downloading it first", with flags of its own; so one is started once and
 * ended again, and what stays is the file. In a process of its own it can be given a limit and be killed.
 */
import { temporalVersion } from './temporal-cache';

async function download(folder: string): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir: folder, version: `v${temporalVersion}` } },
  });
  await environment.teardown();
}

download(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
