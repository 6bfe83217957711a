import { type SitemapTotals, urlKey } from '@outrider/shared';
import { EXAMPLE_MOMENT, exampleId } from './example-id.js';
import type { ExampleOwner } from './example-records.js';

const URL_OF_SITEMAP = 'https://example.org/sitemap.xml';
/** The home page, which is linked from nowhere, and two that are. */
const NAMED = ['https://example.org/', 'https://example.org/products', 'https://example.org/about'];

/** As a recount of the example's records gives them. */
export const EXAMPLE_SITEMAP_TOTALS: SitemapTotals = {
  files: 1,
  filesFailed: 0,
  urlsInSitemaps: 3,
  urlsLinked: 6,
  inSitemapNotLinked: 1,
  linkedNotInSitemap: 4,
};

export function exampleSitemap({ tenantId, campaignId, executionId }: ExampleOwner) {
  return {
    ...{ id: exampleId(tenantId, 'sitemap'), tenantId, executionId, campaignId, url: URL_OF_SITEMAP },
    ...{ urlKey: urlKey(URL_OF_SITEMAP), host: 'example.org', foundIn: 'robots', state: 'read', attempt: 1 },
    ...{ format: 'urlset', httpStatusCode: 200, contentType: 'application/xml', wireBytes: 400 },
    ...{ decodedBytes: 400, entries: NAMED.length, urlsInScope: NAMED.length, settledAt: EXAMPLE_MOMENT },
  };
}

export function exampleSitemapUrls({ tenantId, executionId }: ExampleOwner) {
  const sitemapId = exampleId(tenantId, 'sitemap');
  return NAMED.map((url) => ({
    executionId,
    urlKey: urlKey(url),
    sitemapId,
    tenantId,
    lastmod: EXAMPLE_MOMENT,
  }));
}
