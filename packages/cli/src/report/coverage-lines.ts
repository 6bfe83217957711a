import {
  type CoverageReceipt,
  type CoverageTotals,
  isBalanced,
  SKIP_REASONS,
  type SkipReason,
} from '@outrider/shared';
import { formatCount } from '../display/quantities.js';

const WIDTH = 10;

/** The coverage receipt as lines: the sum that must balance, then where the URLs went and why. */
export function coverageLines(totals: CoverageTotals, receipt: CoverageReceipt | null): string[] {
  const { discovered, fetched, failed, skipped, pending } = totals;
  const balance = isBalanced(totals) ? '' : '  (does not balance: please report this)';
  const sum = `${formatCount(fetched)} fetched + ${formatCount(failed)} failed + ${formatCount(skipped)} skipped + ${formatCount(pending)} pending`;
  const lines = [`  ${formatCount(discovered)} URLs discovered = ${sum}${balance}`];
  if (receipt === null) return lines;
  return [
    ...lines,
    ...group('by status', receipt.fetchedByStatus, (status) => status),
    ...group('failed', receipt.failedByCode, (code) => code),
    ...group('skipped', receipt.skippedByReason, skipSentence),
    ...group('found by', receipt.discoveredByMethod, (method) => method),
  ];
}

function group(
  title: string,
  counts: Readonly<Record<string, number | undefined>>,
  label: (name: string) => string,
): string[] {
  const entries = Object.entries(counts).flatMap(([name, count]) =>
    count === undefined || count === 0 ? [] : [{ name, count }],
  );
  entries.sort((a, b) => b.count - a.count);
  return entries.map(({ name, count }, index) => {
    const head = (index === 0 ? title : '').padEnd(WIDTH);
    return `  ${head}${formatCount(count).padStart(9)}  ${label(name)}`;
  });
}

function skipSentence(reason: string): string {
  return isSkipReason(reason) ? `${reason}: ${SKIP_REASONS[reason]}` : reason;
}

function isSkipReason(reason: string): reason is SkipReason {
  return Object.hasOwn(SKIP_REASONS, reason);
}
