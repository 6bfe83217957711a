import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MatrixRow } from './matrix-row.js';

/** The rows of a run that is made in parts. They are of one state of the product, and gone with the next. */
export interface KeptRows {
  readonly rows: readonly MatrixRow[];
  /** Puts a row in the place of an older one of the same configuration and backend. */
  put(row: MatrixRow): void;
}

/** What decides how a fault is met: what is built, and the schema. */
const PRODUCT = ['packages', 'drizzle'] as const;

/** Opens the rows kept for what is checked out; keeps none on disk while the product differs from its commit. */
export function openKeptRows(repository: string): KeptRows {
  const path = join(repository, '.setup', 'fault-matrix.json');
  const product = productOf(repository);
  let rows: readonly MatrixRow[] = [];
  // Read anew each time: two parts may run at once.
  const read = (): readonly MatrixRow[] => (product === null ? rows : readRows(path, product));
  return {
    get rows() {
      return read();
    },
    put(row) {
      const isOther = (one: MatrixRow): boolean =>
        one.fault !== row.fault || one.name !== row.name || one.backend !== row.backend;
      rows = [...read().filter(isOther), row];
      if (product === null) return;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify({ product, rows }));
    },
  };
}

/** The trees of the commit; null where files differ from it, and where there is no Git. */
function productOf(repository: string): string | null {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    if (git('status', '--porcelain', '--', ...PRODUCT) !== '') return null;
    return git('rev-parse', ...PRODUCT.map((folder) => `HEAD:${folder}`)).trim();
  } catch {
    return null;
  }
}

function readRows(path: string, product: string): readonly MatrixRow[] {
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as { product: string; rows: readonly MatrixRow[] };
    return kept.product === product ? kept.rows : [];
  } catch {
    return [];
  }
}
