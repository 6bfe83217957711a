import type { AskedRule, Explanation } from '@outrider/shared';
import { printable } from '../display/printable.js';

const MARKS = { passes: 'passes', stops: 'STOPS', unknown: 'open' } as const;

/** Why a URL is where it is, as text: the answer first, then how it was found, what was asked, and each try. */
export function renderExplanation(explanation: Explanation): string {
  const { url, outcome, sentence, path, sitemaps, rules, attemptLog } = explanation;
  return [
    printable(url),
    `  ${outcome}: ${printable(sentence)}`,
    ...section(
      'How it was found',
      path,
      (step) => `  ${step.discoveryMethod.padEnd(9)}  ${printable(step.url)}`,
    ),
    ...section('Sitemaps that name it', sitemaps, ({ sitemapUrl }) => `  ${printable(sitemapUrl)}`),
    ...section('Rules, in the order in which they are asked', rules, ruleLine),
    ...section('Attempts', attemptLog, attemptLine),
  ].join('\n');
}

/** One line for a rule: which, what it says, and by what. */
function ruleLine({ rule, verdict, detail }: AskedRule): string {
  return `  ${MARKS[verdict].padEnd(6)}  ${rule.padEnd(14)}  ${printable(detail)}`;
}

function attemptLine({
  attempt,
  at,
  statusCode,
  errorCode,
  message,
}: Explanation['attemptLog'][number]): string {
  const answer = statusCode === null ? 'no answer' : `status ${statusCode}`;
  const trouble = errorCode === null ? '' : `  ${errorCode}: ${printable(message ?? '')}`;
  return `  ${String(attempt).padStart(2)}  ${at}  ${answer}${trouble}`;
}

function section<T>(title: string, items: readonly T[], line: (item: T) => string): string[] {
  return items.length === 0 ? [] : [title, ...items.map(line)];
}
