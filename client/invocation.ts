import type { Command } from 'commander';
import { connect, type Temporal } from './connect';
import type { ExitCode } from './exit-codes';
import { SlipwayError } from '../release/errors';
import type { WhoIsWho } from '../release/people';
import { processIo, type Io } from './io';
import { asSlipwayError, unnamedAddress } from './temporal-errors';
import { whoIsIt, type Person } from './who';
import { environmentOf, projectContext, projectContextIfAny, type ProjectContext } from './project-context';

/** One run of the program: what every command gets. */
export interface Invocation {
  readonly io: Io;
  /** The value of --config. */
  readonly config: string | undefined;
}

/** Makes a command's work into what commander calls. Its exit code becomes the process's. */
export function acting<A extends unknown[]>(
  work: (invocation: Invocation, ...args: A) => Promise<ExitCode>,
): (...args: [...A, ...unknown[]]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command;
    const { json, config } = command.optsWithGlobals<{ json?: boolean; config?: string }>();
    process.exitCode = await work({ io: processIo(json ?? false), config }, ...(args.slice(0, -1) as unknown as A));
  };
}

/** The person at the keyboard, under their one name in the project, if there is one. Fails with WHO_UNKNOWN. */
export async function whoActs({ io, config }: Invocation): Promise<Person> {
  return whoIsIt(io.env, io.cwd, await whoIsWho({ io, config }));
}

/** Who is who in the project, if there is one. */
export async function whoIsWho({ io, config }: Invocation): Promise<WhoIsWho> {
  return (await projectContextIfAny(io.cwd, config))?.project ?? {};
}

/** The project that the command is about; fails with CONFIG_MISSING or CONFIG_INVALID. */
export function contextOf({ io, config }: Invocation): Promise<ProjectContext> {
  return projectContext(io.cwd, config);
}

/**
 * An environment that was named must be one of the project, if there is a project: fails with ENVIRONMENT_UNKNOWN
 * before anything is asked.
 */
export async function requireEnvironment({ io, config }: Invocation, name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const context = await projectContextIfAny(io.cwd, config);
  if (context) environmentOf(context, name);
}

/** Runs `work` connected to the Temporal of `environment` (undefined = any), and closes the connection. */
export async function withTemporal<T>(
  invocation: Invocation,
  environment: string | undefined,
  work: (temporal: Temporal, context: ProjectContext | undefined) => Promise<T>,
): Promise<T> {
  const { io, config } = invocation;
  const context = await projectContextIfAny(io.cwd, config);
  const temporal = await connect({ context, cwd: io.cwd, env: io.env, environment });
  try {
    return await work(temporal, context);
  } catch (error) {
    throw withAddress(asSlipwayError(error, temporal.address), temporal.address);
  } finally {
    await temporal.close();
  }
}

/** What was called far from the connection knows no address: people are told it here. */
function withAddress(error: SlipwayError, address: string): SlipwayError {
  if (error.details['address'] !== unnamedAddress) return error;
  return new SlipwayError(error.code, { ...error.details, address }, { cause: error.cause });
}
