import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MatrixRow } from './matrix-row.js';
import { matrixTable, summaryOf } from './matrix-table.js';

/** The parts of the page that commands write. */
export type Section = 'matrix' | 'planted-bugs' | 'soak';

/** Puts text between the marks of a section of docs/reliability.md. Throws when the page has no such marks. */
export function writeSection(repository: string, section: Section, text: string): void {
  const path = join(repository, 'docs', 'reliability.md');
  const page = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- ${section}: written by its command -->`, `<!-- end of ${section} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no section ${section}`);
  writeFileSync(path, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`);
}

/** Keeps the table of the last whole run. */
export function recordLastRun(repository: string, rows: readonly MatrixRow[]): void {
  const day = new Date().toISOString().slice(0, 10);
  writeSection(repository, 'matrix', `${day}: ${summaryOf(rows)}.\n\n${matrixTable(rows)}`);
}
