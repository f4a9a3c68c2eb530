/** Ways to show an environment while it is watched: a block that a terminal redraws, plain lines, or JSON lines. */
import type { EnvironmentState } from '../release/environment-state';
import { fitted } from '../release/plain-text';
import { liveLines, queueLines } from '../release/render-queue';
import { plainLook, type Look } from '../release/render-state';
import type { EnvironmentSighting, UnderWay } from './follow-environment';
import type { Io } from './io';

export interface EnvironmentView {
  /** Shows what is new. */
  show(sighting: EnvironmentSighting): void;
}

/** The view for whoever reads `io`. */
export function environmentViewFor(io: Io, environment: string): EnvironmentView {
  if (io.json) return jsonView(io, environment);
  return io.canRedraw ? terminalView(io, environment) : plainView(io, environment);
}

type Note = EnvironmentState['log'][number];
type Seen = Extract<EnvironmentSighting, { saw: 'state' }>;

/** A document whenever something has changed. */
function jsonView(io: Io, environment: string): EnvironmentView {
  const news = changes();
  return {
    show(sighting) {
      const document = sighting.saw === 'state' ? documentOf(environment, sighting) : { silence: sighting.error };
      if (news.isNew(JSON.stringify(document))) io.document(document);
    },
  };
}

function documentOf(environment: string, { state, underWay }: Seen) {
  const { holder, waiting, queue, holds, live, soaks = [] } = state;
  return { environment, holder, waiting, queue, holds, live, soaks, releases: underWay };
}

/** First everything, then what the environment notes, and where each release stands. */
function plainView(io: Io, environment: string): EnvironmentView {
  const silences = changes();
  const lines = changes();
  let noted: Note | undefined;
  return {
    show(sighting) {
      if (sighting.saw === 'silence') {
        if (silences.isNew(sighting.error.code)) io.remark(`${sighting.error.message} Waiting.`);
        return;
      }
      silences.isNew('');
      const { state, underWay } = sighting;
      const isFirst = noted === undefined;
      if (isFirst) for (const line of blockOf(environment, sighting, io.look)) io.say(line);
      else for (const { at, text } of since(state.log, noted)) io.say(`${io.look.clock(at)} ${text}`);
      noted = state.log.at(-1) ?? noted ?? { at: '', text: '' };
      const stands = underWay.map(standsAt);
      if (lines.isNew(stands.join('\n')) && !isFirst) for (const line of stands) io.say(line);
    },
  };
}

function terminalView(io: Io, environment: string): EnvironmentView {
  const out = process.stdout;
  let drawn = 0;
  return {
    show(sighting) {
      const wide = (out.columns || 80) - 1;
      const lines =
        sighting.saw === 'silence'
          ? [io.look.paint.yellow(`${sighting.error.message} Waiting.`.slice(0, wide))]
          : blockThatFits(environment, sighting, io, wide);
      const shown = lines.slice(0, Math.max(1, (out.rows || 24) - 2));
      out.write(`${drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : ''}${shown.map((line) => `${line}\n`).join('')}`);
      drawn = shown.length;
    },
  };
}

/** So many of the newest notes are shown under the rest. */
const newestNotes = 5;

/** A line that is too long would be two in the terminal: it loses its end, and its colours. */
function blockThatFits(environment: string, seen: Seen, { look }: Io, wide: number): string[] {
  const painted = blockOf(environment, seen, look);
  return blockOf(environment, seen, { ...plainLook, clock: look.clock }).map((line, index) =>
    line.length > wide ? fitted(line, wide) : painted[index]!,
  );
}

function blockOf(environment: string, { state, underWay }: Seen, look: Look): string[] {
  const [, ...live] = liveLines(environment, state, look);
  return [
    ...queueLines(environment, state, look),
    ...underWay.map(standsAt),
    look.paint.bold('live'),
    ...live,
    ...notesOf(state, look),
  ];
}

function notesOf({ log }: EnvironmentState, { paint, clock }: Look): string[] {
  if (log.length === 0) return [];
  return [paint.bold('lately'), ...log.slice(-newestNotes).map(({ at, text }) => paint.dim(`  ${clock(at)} ${text}`))];
}

/** What was noted after `last`; all of it if that is no longer among them. */
function since(log: readonly Note[], last: Note | undefined): readonly Note[] {
  return log.slice(log.findLastIndex(({ at, text }) => at === last?.at && text === last.text) + 1);
}

const standsAt = ({ id, phase, waitingFor }: UnderWay): string =>
  `  ${id}: ${phase}${waitingFor ? `, waiting for ${waitingFor.what}` : ''}`;

/** Whether a text is another one than the last. */
function changes() {
  let last = '';
  return {
    isNew(text: string): boolean {
      const isNew = text !== last;
      last = text;
      return isNew;
    },
  };
}
