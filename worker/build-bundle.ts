/** Program: bundles the compiled workflows for production workers, once, at build time. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { bundlePath } from './bundle-path';

async function main(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '../workflows/index.js'),
    payloadConverterPath: join(__dirname, '../workflows/message-payloads.js'),
    workflowInterceptorModules: [join(__dirname, '../workflows/reserved-signals.js')],
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(bundlePath, code);
}

main().catch((error: unknown) => {
  process.stderr.write(`The workflow bundle could not be built: ${String(error)}\n`);
  process.exitCode = 1;
});
