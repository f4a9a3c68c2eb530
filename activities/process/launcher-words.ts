import type { Program, ProgramResult } from './run-here';

/** What a launcher is told: to run a program, or to kill it. */
export type LauncherOrder =
  { readonly id: number; readonly run: Omit<Program, 'signal'> } | { readonly id: number; readonly kill: true };

/** How a program ended; its output as bytes only. `problem`: it could not even be tried. */
export type LauncherAnswer =
  | { readonly id: number; readonly result: Omit<ProgramResult, 'stdout'> }
  | { readonly id: number; readonly problem: string };
