import { accessSync, constants } from 'node:fs';
import { chromium, type BrowserContext } from 'playwright-core';

/** Where distributions put it. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium to use: `SLIPWAY_CHROMIUM`, else the first of the usual places. Fails with a sentence if there is none. */
export function findChromium(env: NodeJS.ProcessEnv): string {
  const named = env['SLIPWAY_CHROMIUM'];
  const found = (named ? [named] : places).find(isProgram);
  if (found) return found;
  const tried = named
    ? `SLIPWAY_CHROMIUM names ${named}, which cannot be run`
    : `none of ${places.join(', ')} is there`;
  throw new Error(
    `There is no Chromium: ${tried}. Install the package chromium (Debian, Ubuntu: apt-get install chromium), or set SLIPWAY_CHROMIUM to the program.`,
  );
}

/** Opens a browser that keeps all it knows in `folder` and ends with this process, whatever becomes of it. */
export function openBrowser(program: string, folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: program,
    headless: true,
    // Our own program ends it, after an interruption too.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
