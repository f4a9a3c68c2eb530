/** Ways to show a release while it runs: a block that a terminal redraws, plain lines, or JSON lines. */
import type { ErrorReport } from '../release/errors';
import type { Paint } from '../release/paint';
import { liveBlock, resultLines, timelineLine, waitingLines } from '../release/render-state';
import type { ReleaseResult, ReleaseState, TimelineEntry } from '../release/state';
import type { Sighting } from './follow-release';
import type { Io } from './io';

export interface View {
  /** Shows what is new. */
  show(sighting: Sighting): void;
  /** Takes away what is redrawn, so that other text can be written. */
  hide(): void;
}

/** The view for whoever reads `io`. */
export function viewFor(io: Io): View {
  if (io.json) return jsonView(io);
  return io.canRedraw ? terminalView(io) : plainView(io, (text) => io.say(text));
}

/** Plain lines on standard error, for a command whose standard output is one document. */
export function remarkView(io: Io): View {
  return plainView(io, (text) => io.remark(text));
}

/** One JSON document a line: each entry of the timeline, each wait, the end. */
function jsonView(io: Io): View {
  const news = newsReader();
  return {
    show(sighting) {
      if (sighting.saw === 'state') {
        const { entries, waiting } = news.of(sighting.state);
        for (const entry of entries) io.document({ timeline: entry });
        if (waiting) io.document({ waitingFor: sighting.state.waitingFor });
      }
      if (sighting.saw === 'silence' && news.isNewSilence(sighting.error)) io.document({ silence: sighting.error });
      if (sighting.saw === 'end') io.document({ result: sighting.result });
    },
    hide: () => undefined,
  };
}

function plainView({ look }: Io, write: (text: string) => void): View {
  const news = newsReader();
  let last: ReleaseState | undefined;
  return {
    show(sighting) {
      if (sighting.saw === 'silence' && news.isNewSilence(sighting.error)) write(silenceLine(sighting.error));
      if (sighting.saw === 'end') write(endLines(last, sighting.result, look.paint).join('\n'));
      if (sighting.saw !== 'state') return;
      last = sighting.state;
      const { entries, waiting } = news.of(sighting.state);
      for (const entry of entries) write(timelineLine(entry, look));
      if (waiting) for (const line of waitingLines(sighting.state, now(), look.paint)) write(line);
    },
    hide: () => undefined,
  };
}

function terminalView({ look }: Io): View {
  const news = newsReader();
  const out = process.stdout;
  let drawn = 0;
  let last: ReleaseState | undefined;
  const hide = () => {
    if (drawn > 0) out.write(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = (lines: readonly string[]) => {
    // Of a block that is higher than the terminal only what fits could be taken away again.
    const shown = lines.slice(0, Math.max(1, (out.rows || 24) - 2));
    out.write(shown.map((line) => `${line}\n`).join(''));
    drawn = shown.length;
  };
  return {
    show(sighting) {
      hide();
      if (sighting.saw === 'end') out.write(`${endLines(last, sighting.result, look.paint).join('\n')}\n`);
      if (sighting.saw === 'silence')
        draw([look.paint.yellow(silenceLine(sighting.error).slice(0, (out.columns || 80) - 1))]);
      if (sighting.saw !== 'state') return;
      last = sighting.state;
      for (const entry of news.of(sighting.state).entries) out.write(`${timelineLine(entry, look)}\n`);
      if (!sighting.state.result) draw(['', ...liveBlock(sighting.state, now(), (out.columns || 80) - 1, look.paint)]);
    },
    hide,
  };
}

/** What of a state has not been shown yet. */
function newsReader() {
  let seen = 0;
  let waitedFor = '';
  let silence = '';
  return {
    of(state: ReleaseState): { entries: readonly TimelineEntry[]; waiting: boolean } {
      silence = '';
      const entries = state.timeline.filter(({ n }) => n > seen);
      seen = Math.max(seen, ...entries.map(({ n }) => n));
      const wait = state.waitingFor?.what ?? '';
      const isNew = wait !== waitedFor;
      waitedFor = wait;
      return { entries, waiting: isNew && wait !== '' };
    },
    /** The same reason again is no news; another one is. */
    isNewSilence({ code }: ErrorReport): boolean {
      const isNew = silence !== code;
      silence = code;
      return isNew;
    },
  };
}

function endLines(state: ReleaseState | undefined, result: ReleaseResult, { bold, green, red }: Paint): string[] {
  const [first = '', ...rest] = state ? resultLines({ ...state, result }) : [result.outcome];
  return [bold(result.outcome === 'finished' ? green(first) : red(first)), ...rest];
}

function silenceLine({ message }: { readonly message: string }): string {
  return `${message} Waiting.`;
}

function now(): string {
  return new Date().toISOString();
}
