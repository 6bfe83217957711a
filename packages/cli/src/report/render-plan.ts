import type { Plan, PlannedHost, PlannedUrl } from '@outrider/shared';
import { printable } from '../display/printable.js';
import { formatCount } from '../display/quantities.js';

/** What a campaign would do with URLs, as text. */
export function renderPlan({ urls, counts, hosts, estimate }: Plan): string {
  return [
    `${formatCount(counts.in)} in, ${formatCount(counts.out)} out, ${formatCount(counts.invalid)} invalid`,
    ...urls.map(urlLine),
    'Hosts',
    ...hosts.map(hostLine),
    printable(estimate.sentence),
  ].join('\n');
}

function urlLine({ verdict, decidedBy, detail, url, askedUrl }: PlannedUrl): string {
  const by = decidedBy === null ? '' : `${decidedBy}: `;
  return `  ${verdict.padEnd(7)}  ${printable(url ?? askedUrl)}  (${by}${printable(detail)})`;
}

function hostLine({ host, robots, delayMs, concurrency, pages, seconds }: PlannedHost): string {
  const pace = delayMs > 0 ? `one per ${delayMs} ms` : `${concurrency} at once`;
  return `  ${printable(host)}  robots.txt: ${robots.status}, ${robots.sitemaps} sitemaps; ${pace}; ${formatCount(pages)} pages, ${seconds} s`;
}
