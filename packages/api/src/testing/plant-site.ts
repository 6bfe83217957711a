import { encodePageLinks, type Tx } from '@outrider/db';
import { hostOf, newId, type SkipReason, urlKey } from '@outrider/shared';
import type { TestApi } from './start-test-api.js';

/** A campaign with one execution in which everything has happened once. */
export interface PlantedSite {
  readonly campaignId: string;
  readonly executionId: string;
  readonly instanceId: string;
  readonly laneId: string;
  /** The keys of its URLs by their paths on a.test. */
  readonly keyOf: (path: string) => string;
}

interface PlantedPage {
  readonly url: string;
  readonly status: number;
  readonly depth?: number;
  readonly totalMs?: number;
  readonly redirectUrl?: string;
  readonly isHtml?: boolean;
  readonly indexable?: boolean;
  readonly source?: string;
}

const ROOT = 'https://a.test/';
const PAGES: readonly PlantedPage[] = [
  { url: ROOT, status: 200 },
  { url: 'https://a.test/slow', status: 200, depth: 1, totalMs: 900.25, source: ROOT },
  { url: 'https://a.test/missing', status: 404, depth: 1, indexable: false, source: ROOT },
  {
    url: 'https://a.test/old',
    status: 301,
    depth: 1,
    redirectUrl: 'https://a.test/new',
    indexable: false,
    source: ROOT,
  },
  {
    url: 'https://a.test/new',
    status: 302,
    depth: 1,
    redirectUrl: 'https://a.test/slow',
    indexable: false,
    source: 'https://a.test/old',
  },
  {
    url: 'https://a.test/loop1',
    status: 302,
    depth: 1,
    redirectUrl: 'https://a.test/loop2',
    indexable: false,
    source: ROOT,
  },
  {
    url: 'https://a.test/loop2',
    status: 302,
    depth: 1,
    redirectUrl: 'https://a.test/loop1',
    indexable: false,
    source: 'https://a.test/loop1',
  },
  {
    url: 'https://a.test/away',
    status: 302,
    depth: 1,
    redirectUrl: 'https://b.test/',
    indexable: false,
    source: ROOT,
  },
  { url: 'https://files.test/doc.pdf', status: 200, depth: 2, isHtml: false, source: 'https://a.test/slow' },
];

/** Creates the campaign over the API, starts it, and writes what a crawl of a small site would leave behind. */
export async function plantSite(
  api: TestApi,
  key = api.keys.admin,
  tenantId = api.db.tenantId,
): Promise<PlantedSite> {
  const created = await api.call('POST', '/campaigns', { key, json: { name: 'Planted', seeds: [ROOT] } });
  const campaignId = created.body.id;
  const started = await api.call('POST', `/campaigns/${campaignId}/start`, { key });
  const executionId = started.body.execution.id;
  const instanceId = newId();
  const laneId = await api.db.app.withTenant(tenantId, async (tx) => {
    const [lane] = await tx.sql<
      { id: string }[]
    >`select id from execution_lanes where execution_id = ${executionId}`;
    const site = { tx, tenantId, campaignId, executionId };
    for (const page of PAGES) await plantPage(site, page);
    await plantUrl(site, 'https://a.test/private', {
      skip: ['robots_txt', 'Disallow: /private'],
      source: ROOT,
    });
    await plantUrl(site, 'https://c.test/', {
      skip: ['out_of_scope', 'within: host'],
      isInternal: false,
      source: ROOT,
      inLog: true,
    });
    await plantUrl(site, 'https://a.test/later', {
      state: 'pending',
      source: 'https://a.test/slow',
      depth: 2,
    });
    await plantUrl(site, 'https://a.test/dead', { state: 'failed', source: ROOT });
    await plantLinks(site);
    await plantErrors(site, instanceId);
    return lane?.id ?? '';
  });
  await api.db.system.withSystem(async ({ sql }) => {
    await sql`insert into crawler_instances (id, host, pid, version, capacity, state)
      values (${instanceId}, 'worker-1', 4242, '0.1.0', 4, 'working')`;
    for (const minute of [1, 2, 3]) {
      await sql`insert into crawler_performance_metrics (instance_id, recorded_at, tenant_id, campaign_id, execution_id, lane_id,
          pages_per_second, cpu_usage_percent, memory_usage_mb, queue_size, processed_count, pending_count, bandwidth_mbps, requests_per_minute)
        values (${instanceId}, now() - ${minute} * interval '1 minute', ${tenantId}, ${campaignId}, ${executionId}, ${laneId},
          ${minute}, 50, 100, 1, 2, 3, 4.5, 60)`;
    }
  });
  return { campaignId, executionId, instanceId, laneId, keyOf: (path) => urlKey(new URL(path, ROOT).href) };
}

interface Site {
  readonly tx: Tx;
  readonly tenantId: string;
  readonly campaignId: string;
  readonly executionId: string;
}

async function plantPage(site: Site, page: PlantedPage): Promise<void> {
  const { tx, tenantId, campaignId, executionId } = site;
  const { url, depth = 0, totalMs = 10, redirectUrl = null, isHtml = true, indexable = true } = page;
  if (url !== ROOT)
    await plantUrl(site, url, {
      state: 'fetched',
      depth,
      source: page.source ?? ROOT,
      redirect: redirectsTo(page),
    });
  else
    await tx.sql`update crawl_targets set state = 'fetched', attempt = 1, settled_at = now() where execution_id = ${executionId}`;
  await tx.sql`
    insert into crawl_results (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, is_html, fetched_at,
      total_ms, redirect_url, redirect_key, title, indexable, content_type, response, page)
    values (${executionId}, ${urlKey(url)}, ${tenantId}, ${campaignId}, ${url}, ${hostOf(url)}, ${depth}, ${page.status}, ${isHtml}, now(),
      ${totalMs}, ${redirectUrl}, ${redirectUrl === null ? null : urlKey(redirectUrl)}, ${`Title of ${url}`}, ${indexable},
      ${isHtml ? 'Text/HTML; charset=utf-8' : 'application/pdf'},
      ${JSON.stringify({ headers: [] })}::text::jsonb, null)`;
}

function redirectsTo({ url, source }: PlantedPage): boolean {
  return PAGES.some((page) => page.url === source && page.redirectUrl === url);
}

async function plantUrl(
  { tx, tenantId, campaignId, executionId }: Site,
  url: string,
  about: {
    state?: string;
    skip?: readonly [SkipReason, string];
    source?: string;
    depth?: number;
    isInternal?: boolean;
    redirect?: boolean;
    inLog?: boolean;
  },
): Promise<void> {
  const { skip, depth = 1, isInternal = true, source = null } = about;
  const state = skip === undefined ? (about.state ?? 'pending') : 'skipped';
  await tx.sql`
    insert into url_discovery_log (execution_id, url_hash, tenant_id, campaign_id, discovered_url, host, source_url, discovery_method,
      url_depth, is_internal, should_crawl, skip_reason, skip_rule)
    values (${executionId}, ${urlKey(url)}, ${tenantId}, ${campaignId}, ${url}, ${hostOf(url)}, ${source},
      ${about.redirect === true ? 'redirect' : 'link'}, ${depth}, ${isInternal}, ${skip === undefined}, ${skip?.[0] ?? null}, ${skip?.[1] ?? null})
    on conflict do nothing`;
  if (about.inLog === true) return;
  const settled = state === 'pending' ? null : new Date();
  await tx.sql`
    insert into crawl_targets (execution_id, url_key, tenant_id, url, host, depth, state, attempt, settled_at, failure_code)
    values (${executionId}, ${urlKey(url)}, ${tenantId}, ${url}, ${hostOf(url)}, ${depth}, ${state}, ${state === 'pending' ? 0 : 1},
      ${settled}, ${state === 'failed' ? 'connect_timeout' : null})
    on conflict do nothing`;
}

async function plantLinks({ tx, tenantId, executionId }: Site): Promise<void> {
  const links = [
    [ROOT, 'https://a.test/slow', 'hyperlink'],
    [ROOT, 'https://a.test/missing', 'hyperlink'],
    [ROOT, null, 'hyperlink'],
    [ROOT, 'https://a.test/logo.png', 'image'],
    ['https://a.test/slow', 'https://a.test/missing', 'hyperlink'],
    ['https://a.test/slow', ROOT, 'hyperlink'],
    ['https://a.test/slow', 'https://shop.a.test/', 'hyperlink'],
    ['https://a.test/slow', 'https://b.test/', 'hyperlink'],
  ] as const;
  for (const source of new Set(links.map(([from]) => from))) {
    const page = encodePageLinks(
      links
        .filter(([from]) => from === source)
        .map(([, target, linkType], ordinal) => ({
          ...{ ordinal, targetUrl: target, rawHref: target ?? 'mailto:a@b.test', linkType },
          targetKey: target === null ? null : urlKey(target),
          problem: target === null ? 'unsupported_scheme' : null,
          isInternal: target?.startsWith(ROOT) === true,
          ...{ follow: true, rel: null, anchorText: null, altText: null },
          ...{ position: 'content', origin: 'html', pathType: 'absolute' },
        })),
    );
    await tx.sql`
      insert into crawl_links (execution_id, source_key, tenant_id, link_count, target_keys, links)
      values (${executionId}, ${urlKey(source)}, ${tenantId}, ${page.length}, ${`{${page.targetKeys}}`}::uuid[], ${page.text})`;
  }
}

async function plantErrors(
  { tx, tenantId, campaignId, executionId }: Site,
  instanceId: string,
): Promise<void> {
  const errors = [
    ['timeout', 'error', 'connect_timeout', 'https://a.test/dead', null],
    ['http', 'warning', 'http_4xx', 'https://a.test/missing', 404],
    ['internal', 'critical', 'parser_failed', 'https://a.test/slow', 200],
  ] as const;
  for (const [type, severity, code, url, status] of errors) {
    await tx.sql`
      insert into campaign_errors (id, tenant_id, campaign_id, execution_id, crawler_id, error_type, severity, error_code,
        error_message, url, url_hash, host, http_status_code, retry_count)
      values (${newId()}, ${tenantId}, ${campaignId}, ${executionId}, ${instanceId}, ${type}, ${severity}, ${code},
        'planted', ${url}, ${urlKey(url)}, ${hostOf(url)}, ${status}, 1)`;
  }
}
