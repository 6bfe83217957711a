import type { NewSitemap } from '@outrider/db';
import { type CampaignConfig, hostOf, normalizeUrl, urlKey } from '@outrider/shared';

/** The sitemap files that a campaign names, as an execution's list takes them; pure. */
export function planSitemaps({ sitemaps }: Pick<CampaignConfig, 'sitemaps'>): NewSitemap[] {
  return sitemaps.urls.flatMap((raw) => {
    const normalized = normalizeUrl(raw);
    if (!normalized.ok) return [];
    const { url } = normalized;
    const place = { foundIn: 'campaign', parentId: null, depth: 0, redirects: 0 } as const;
    return [{ url, urlKey: urlKey(url), host: hostOf(url), ...place }];
  });
}
