import type { MatrixRow } from './matrix-row.js';

const HEAD = ['Fault', 'What happens', 'Queue', 'Checks', 'Violations', 'Seconds'] as const;

/** The outcomes as a table of Markdown, one line for each configuration. */
export function matrixTable(rows: readonly MatrixRow[]): string {
  return markdownTable(
    HEAD,
    rows.map(({ fault, name, backend, checks, violations, rules, seconds }) => [
      fault,
      name,
      backend,
      String(checks),
      violations === 0 ? '0' : `${violations}: ${rules}`,
      seconds.toFixed(1),
    ]),
  );
}

export function summaryOf(rows: readonly MatrixRow[]): string {
  const total = (pick: (row: MatrixRow) => number): number => rows.reduce((sum, row) => sum + pick(row), 0);
  const checks = total((row) => row.checks);
  const violations = total((row) => row.violations);
  const minutes = total((row) => row.seconds) / 60;
  const seeds = [...new Set(rows.map((row) => row.seed))];
  return `${rows.length} configurations, ${checks} checks, ${violations} violations, ${minutes.toFixed(1)} minutes, seed ${seeds.join(' and ')}`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
