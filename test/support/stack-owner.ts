/**
 * A program that owns a stack as the CLI does: starts the one that its first argument (JSON) describes, says on its
 * standard output what it got, and lives until it is killed.
 */
import { startStack, type StackOptions } from '../../worker/embedded/start-stack';

startStack(JSON.parse(process.argv[2] ?? '') as StackOptions)
  .then((stack) => process.stdout.write(`${JSON.stringify({ ...stack, serverPids: stack.serverPids() })}\n`))
  .catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
