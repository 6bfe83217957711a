import type { Outcome } from '../configurations/run-configuration.js';

const HEAD = ['Fault', 'What happens', 'Queue', 'Checks', 'Violations', 'Seconds'] as const;

/** The outcomes as a table of Markdown, one line for each configuration. */
export function matrixTable(outcomes: readonly Outcome[]): string {
  return markdownTable(
    HEAD,
    outcomes.map(({ configuration, backend, checks, violations, seconds }) => [
      configuration.fault,
      configuration.name,
      backend,
      String(checks),
      violations.length === 0 ? '0' : `${violations.length}: ${rulesOf(violations)}`,
      seconds.toFixed(1),
    ]),
  );
}

/** Which rules were broken, each once. */
export function rulesOf(violations: Outcome['violations']): string {
  return [...new Set(violations.map(({ rule }) => rule))].join(', ');
}

export function summaryOf(outcomes: readonly Outcome[], seed: number): string {
  const total = (pick: (outcome: Outcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + pick(outcome), 0);
  const checks = total((outcome) => outcome.checks);
  const violations = total((outcome) => outcome.violations.length);
  const minutes = total((outcome) => outcome.seconds) / 60;
  return `${outcomes.length} configurations, ${checks} checks, ${violations} violations, ${minutes.toFixed(1)} minutes, seed ${seed}`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
