/**
 * Program: makes the pictures of docs/web-ui.md anew. Starts a stack and the example shop, plays releases of it, and
 * looks at them in the Temporal Web UI with a real Chromium. `npm run screenshots`
 */
import { join } from 'node:path';
import { projectRoot } from '../examples/shop/project-root';
import { findChromium, openBrowser } from './chromium';
import { playScenes } from './scenes';
import { Stage } from './stage';
import { WebUi } from './web-ui';

async function main(): Promise<void> {
  const program = findChromium(process.env);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const stage = await Stage.open(say);
  let browser: Awaited<ReturnType<typeof openBrowser>> | undefined;
  const close = async () => {
    await browser?.close().catch(() => undefined);
    await stage.close();
  };
  const interrupted = () => void close().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted).once('SIGHUP', interrupted);
  try {
    browser = await openBrowser(program, join(stage.folder, 'browser'));
    const ui = await WebUi.open(browser, stage.ui, join(projectRoot, 'docs', 'images'));
    await playScenes(stage, ui, say);
  } finally {
    await close();
  }
}

main().then(
  () => process.exit(0),
  (problem: unknown) => {
    process.stderr.write(`${problem instanceof Error ? problem.message : String(problem)}\n`);
    process.exit(1);
  },
);
