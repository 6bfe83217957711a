import type { SitemapMention } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTimeOrNull } from '../times/iso-time.js';

interface MentionRow {
  url: string;
  lastmod: Date | null;
  changefreq: string | null;
  priority: number | null;
  alternates: SitemapMention['alternates'] | null;
}

const MOST = 50;

/** The sitemaps of an execution that name a URL, by their URLs, with what each says of it; at most 50. */
export async function listSitemapMentions(
  tx: Tx,
  executionId: string,
  urlKey: string,
): Promise<SitemapMention[]> {
  const rows = await tx.sql<MentionRow[]>`
    select file.url, named.lastmod, named.changefreq, named.priority::float8 as priority, named.alternates
    from sitemap_urls named join execution_sitemaps file on file.id = named.sitemap_id
    where named.execution_id = ${executionId} and named.url_key = ${urlKey}
    order by file.url limit ${MOST}`;
  return rows.map(({ url, lastmod, changefreq, priority, alternates }) => ({
    sitemapUrl: url,
    lastmod: isoTimeOrNull(lastmod),
    changefreq,
    // As written: it is kept with the precision of a real.
    priority: priority === null ? null : Math.round(priority * 1e6) / 1e6,
    alternates: alternates ?? [],
  }));
}
