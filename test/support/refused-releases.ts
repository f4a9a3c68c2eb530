/** Releases that must be refused, with nothing changed: what the tests of bad input share. */
import { randomUUID } from 'node:crypto';
import { requestRelease } from '../../client';
import type { Project, Service } from '../../release/project';
import type { ReleaseResult } from '../../release/state';
import { expectUnchanged, footprint } from './nothing-changed';
import { underTest, type ReleaseUnderTest, type Slipway } from './slipway';

/** Changes the project that is asked for. */
export type Edit = (project: Project) => Project;

const asIs: Edit = (project) => project;

/** Changes one service of the project. */
export const service =
  (name: string, change: (service: Service) => Service): Edit =>
  (project) => ({ ...project, services: { ...project.services, [name]: change(project.services[name]!) } });

/** Asks for a release of a project that was changed. */
export async function ask(
  { client, project }: Slipway,
  version: string,
  edit = asIs,
  commit: string | null = null,
): Promise<ReleaseUnderTest> {
  const order = { environment: 'production', version, commit, requestedBy: 'linus', requestId: randomUUID() };
  const { releaseId } = await requestRelease(client, { ...order, project: edit(project) }, 30_000);
  return underTest(client, releaseId);
}

/** Asks for it, and returns how it ended: it must have stopped by itself, and nothing may have changed. */
export async function stopped(
  slipway: Slipway,
  version: string,
  edit = asIs,
  commit: string | null = null,
): Promise<ReleaseResult> {
  const before = await footprint(slipway);
  const result = await (await ask(slipway, version, edit, commit)).result();
  await expectUnchanged(slipway, before);
  expect(result).toMatchObject({ outcome: 'stopped', undone: [], schemaDebt: [], drift: [] });
  return result;
}

/** A text that fits `pattern`, typed. */
export const text = (pattern: RegExp): unknown => expect.stringMatching(pattern);
