import type { Configuration } from '../configurations/configuration.js';
import type { Outcome } from '../configurations/run-configuration.js';
import type { QueueBackend } from '../stage/stage.js';

/** What is kept of one configuration's outcome. */
export interface MatrixRow {
  readonly fault: string;
  readonly name: string;
  readonly backend: QueueBackend;
  readonly seed: number;
  readonly checks: number;
  readonly violations: number;
  /** The rules that were broken, each once. */
  readonly rules: string;
  readonly seconds: number;
}

/** Which rules were broken, each once. */
export function rulesOf(violations: Outcome['violations']): string {
  return [...new Set(violations.map(({ rule }) => rule))].join(', ');
}

export function rowOf({ configuration, backend, seed, checks, violations, seconds }: Outcome): MatrixRow {
  const { fault, name } = configuration;
  return {
    ...{ fault, name, backend, seed, checks, seconds },
    violations: violations.length,
    rules: rulesOf(violations),
  };
}

export function isRowOf(row: MatrixRow, { fault, name }: Configuration, backend: QueueBackend): boolean {
  return row.fault === fault && row.name === name && row.backend === backend;
}
