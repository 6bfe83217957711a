import type { DiscoveredUrl, PageDetail } from '@outrider/shared';
import { printable } from '../display/printable.js';
import { formatBytes, formatCount, formatTime } from '../display/quantities.js';
import { renderFacts } from '../display/render-facts.js';

/** What was recorded of a URL, as text. All of it is in the JSON form. */
export function renderPage(page: PageDetail): string {
  const ttfb = page.ttfbMs === null ? '' : `, first byte after ${formatCount(page.ttfbMs)} ms`;
  const facts = renderFacts([
    ['URL', page.url],
    ['Status', String(page.statusCode)],
    ['Fetched', `${formatTime(page.fetchedAt)}, attempt ${page.attempt}`],
    ['Time', `${formatCount(page.totalMs)} ms${ttfb}`],
    ['Size', `${formatBytes(page.decodedBytes)} (${formatBytes(page.wireBytes)} on the wire)`],
    ['Type', page.contentType],
    ['Found by', page.discovery === null ? null : foundBy(page.discovery)],
    ['Depth', page.depth === null ? 'in a sitemap, and not linked' : String(page.depth)],
    ['Indexable', page.indexable ? 'yes' : `no: ${page.indexabilityReason ?? 'unknown'}`],
    ['Title', page.title],
    ['Description', page.description],
    ['Heading', page.h1],
    ['Canonical', page.canonicalUrl],
    ['Language', page.language],
    ['Words', page.wordCount === null ? null : formatCount(page.wordCount)],
    ['Links', `${formatCount(page.internalLinks)} internal, ${formatCount(page.externalLinks)} external`],
    [
      'Linked from',
      page.inlinks === null ? 'counted after the end of the run' : `${formatCount(page.inlinks)} pages`,
    ],
    ['In sitemaps', sitemapList(page.sitemaps)],
    ['Key', page.urlKey],
  ]);
  return [facts, ...redirectLines(page)].join('\n');
}

function foundBy({ discoveryMethod, sourceUrl }: DiscoveredUrl): string {
  return sourceUrl === null ? discoveryMethod : `${discoveryMethod} of ${sourceUrl}`;
}

/** The first three; all of them are in the JSON form. */
function sitemapList(sitemaps: PageDetail['sitemaps']): string | null {
  if (sitemaps.length === 0) return null;
  const shown = sitemaps.slice(0, 3).map(({ sitemapUrl }) => sitemapUrl);
  return [...shown, ...(sitemaps.length > 3 ? [`${sitemaps.length - 3} more`] : [])].join(', ');
}

function redirectLines({ redirects }: PageDetail): string[] {
  const { hops, finalUrl, finalStatus, loop } = redirects;
  if (hops.length === 0) return [];
  const lines = hops.map((hop) => `  ${hop.status}  ${printable(hop.url)}`);
  if (loop) lines.push('  and round again: a loop');
  else if (finalUrl !== null) lines.push(`  ${finalStatus ?? '?'}  ${printable(finalUrl)}`);
  return ['Redirects', ...lines];
}
