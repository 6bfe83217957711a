import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../stage/repository.js';
import type { QueueBackend } from '../stage/stage.js';

/** One replacement in what was built. */
export interface Replacement {
  /** Below `packages/`. */
  readonly file: string;
  /** Lines; must stand there exactly once. */
  readonly text: readonly string[];
  readonly by: readonly string[];
}

/** A mistake that somebody could make, and the configuration that must not let it pass. */
export interface PlantedBug {
  readonly name: string;
  readonly replacements: readonly Replacement[];
  /** Statements for the database's administrator, for what the bug needs there. */
  readonly prepare?: readonly string[];
  readonly caughtBy: { readonly fault: string; readonly name: string; readonly backend: QueueBackend };
  /** How long the configuration may take with it: a run that hangs is caught by the clock. Seconds. */
  readonly limitSeconds: number;
}

/** Every planted bug. They are data, since they are code that must not run by mistake. */
export function readPlantedBugs(): readonly PlantedBug[] {
  const path = join(REPOSITORY, 'tests/faults/planted-bugs/planted-bugs.json');
  return JSON.parse(readFileSync(path, 'utf8')) as PlantedBug[];
}
