import { parseArgs } from 'node:util';
import type { QueueBackend } from '../stage/stage.js';

export interface MatrixOptions {
  /** Faults (F05) or parts of a name (netns); empty: all. */
  readonly only: readonly string[];
  readonly backends: readonly QueueBackend[];
  readonly seed: number;
  /** How long to go on; a configuration that has begun is ended. Absent: to the end of the matrix, or half an hour of soak. */
  readonly minutes: number | undefined;
  /** Leave out what has passed already with the same state of the product. */
  readonly goesOn: boolean;
  /** Write what the processes logged of every configuration that failed. */
  readonly showsLogs: boolean;
}

/** Reads `--only F05,F11 --backend redis --seed 7 --minutes 30 --continue --logs`. Without a seed, one of the day's own. */
export function readOptions(args: readonly string[]): MatrixOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      backend: { type: 'string', default: '' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      minutes: { type: 'string' },
      continue: { type: 'boolean', default: false },
      logs: { type: 'boolean', default: false },
    },
  });
  const backends = (['postgres', 'redis'] as const).filter((name) => ['', name].includes(values.backend));
  const seed = Number(values.seed);
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  if (backends.length === 0) throw new RangeError('--backend is postgres or redis');
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError('--seed is a whole number');
  if (minutes !== undefined && !(minutes > 0)) throw new RangeError('--minutes is a number above 0');
  const only = values.only.split(',').filter((part) => part !== '');
  return { only, backends, seed, minutes, goesOn: values.continue, showsLogs: values.logs };
}
