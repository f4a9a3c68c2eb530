import { readFile, stat } from 'node:fs/promises';
import { httpRequest } from '../checks/http-request';
import { sleep } from '../sleep';

/** A calendar of this size has ten thousand events. */
const MAX_BYTES = 5 * 1024 * 1024;
const TRIES = 3;

/** The text of an iCalendar file, or in a few words why it could not be read: words without address and secret. */
export type ReadCalendar = { readonly text: string } | { readonly problem: string };

/** Reads the file at a web address or path. Fails only with the signal's reason. */
export async function readIcal(source: string, signal: AbortSignal): Promise<ReadCalendar> {
  const read = /^https?:\/\//i.test(source) ? await download(source, signal) : await readPath(source);
  if ('text' in read && !/^\uFEFF?\s*BEGIN:VCALENDAR/i.test(read.text)) {
    return { problem: 'what is there is no iCalendar file' };
  }
  return read;
}

async function download(url: string, signal: AbortSignal): Promise<ReadCalendar> {
  const request = { url, method: 'GET', headers: {}, timeout: 15_000, redirects: 5, signal, maxBytes: MAX_BYTES };
  if (!URL.canParse(url)) return { problem: 'its address is none' };
  for (let n = 1; ; n++) {
    const outcome = await httpRequest(request);
    const isLast = n === TRIES;
    if ('answer' in outcome) {
      const { status, text, truncated } = outcome.answer;
      if (truncated) return { problem: `it is larger than ${MAX_BYTES / 1024 / 1024} MiB` };
      if (status === 200) return { text };
      if (isLast || status < 500) return { problem: `its server answered ${status}` };
    } else if (isLast) return { problem: outcome.noAnswer };
    await sleep(300 * n, signal);
  }
}

async function readPath(path: string): Promise<ReadCalendar> {
  try {
    if ((await stat(path)).size > MAX_BYTES) return { problem: `it is larger than ${MAX_BYTES / 1024 / 1024} MiB` };
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: code === 'ENOENT' ? 'there is no such file on this worker' : `it cannot be read (${code})` };
  }
}
