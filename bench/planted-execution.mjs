// An execution of any size, written by SQL in minutes: what a crawl of a made-up site would have left behind.
import { randomUUID } from 'node:crypto';

/**
 * The site has pages 0 to `pages` - 1. Each names the first page, the one above it, its ten below and a page of another
 * host. A few are moved, missing or broken, hardly any answers 503; a twentieth is no HTML. Half as many URLs again are
 * out of scope, on so many hosts that each has ten. The sitemap names nine in ten, and some that nothing links to.
 * @typedef {object} Planted
 * @property {string} tenantId
 * @property {string} campaignId
 * @property {string} executionId
 * @property {string} instanceId
 */

const HOST = 'planted.example';
/** First 128 bits of the SHA-256, as `urlKey` makes it. */
const KEY_FUNCTION = `
  create function pg_temp.key_of(url text) returns uuid language sql immutable strict parallel safe
  return substr(encode(sha256(url::bytea), 'hex'), 1, 32)::uuid`;
const URL_FUNCTION = `
  create function pg_temp.page_url(n bigint) returns text language sql immutable strict parallel safe
  return 'https://${HOST}/section-' || n % 977 || '/page-' || n`;
/** A UUIDv7 of now, or of so many seconds ago. */
const ID_FUNCTION = `
  create function pg_temp.id_of(age float8) returns uuid language sql volatile
  return overlay(overlay(gen_random_uuid()::text placing
    substr(lpad(to_hex(((extract(epoch from clock_timestamp()) - age) * 1000)::bigint), 12, '0'), 1, 8) || '-' ||
    substr(lpad(to_hex(((extract(epoch from clock_timestamp()) - age) * 1000)::bigint), 12, '0'), 9, 4) from 1 for 13)
    placing '7' from 15 for 1)::uuid`;

/**
 * @param {import('./platform.mjs').BenchDatabase} ledger migrated, with a tenant
 * @param {{ pages: number, say: (line: string) => void }} how
 * @returns {Promise<Planted>}
 */
export async function plantExecution({ sql }, { pages, say }) {
  for (const text of [KEY_FUNCTION, URL_FUNCTION, ID_FUNCTION]) await sql.unsafe(text);
  const [{ id: tenantId }] = await sql`select id from tenants order by created_at, id limit 1`;
  const [{ id: campaignId }] = await sql`select pg_temp.id_of(86400) as id`;
  const [{ id: executionId }] = await sql`select pg_temp.id_of(3600) as id`;
  const laneId = randomUUID();
  const instanceId = randomUUID();
  const planted = { tenantId, campaignId, executionId, instanceId };
  await plantCampaign(sql, planted, { laneId, pages });
  /** @type {[string, (sql: any, of: Planted, pages: number) => Promise<unknown>][]} */
  const parts = [
    ['discovered URLs', plantDiscoveries],
    ['targets', plantTargets],
    ['pages', plantPages],
    ['links', plantLinks],
    ['sitemap', plantSitemap],
    ['errors and events', plantErrors],
    ['campaigns, executions, workers', plantHistory],
  ];
  for (const [what, plant] of parts) {
    const begun = performance.now();
    await plant(sql, planted, pages);
    say(`planted ${what}: ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  }
  await sql.unsafe('vacuum analyze');
  return planted;
}

/** @param {any} sql @param {Planted} of @param {{ laneId: string, pages: number }} how */
async function plantCampaign(sql, { tenantId, campaignId, executionId, instanceId }, { laneId, pages }) {
  const { campaignConfig } = await import(new URL('../packages/shared/dist/index.js', import.meta.url).href);
  // Above what is fetched, else the platform would end it.
  const config = JSON.stringify(campaignConfig.parse({ scope: { maxPages: 2 * pages } }));
  await sql`
    insert into crawler_campaigns (id, tenant_id, name, config, last_execution_number)
    values (${campaignId}, ${tenantId}, 'Planted', ${config}::text::jsonb, 1)`;
  await sql`insert into campaign_metrics (campaign_id, tenant_id, last_event_seq) values (${campaignId}, ${tenantId}, 100000)`;
  await sql`
    insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, status, config, config_revision,
      lane_count, scope_hosts, started_at, triggered_by)
    values (${executionId}, ${tenantId}, ${campaignId}, 1000000, 'api', 'running', ${config}::text::jsonb, 1, 1, ${[HOST]},
      now() - interval '1 hour', 'a bench')`;
  // Held by a worker that nobody misses, so that the platform leaves the execution alone.
  await sql`
    insert into execution_lanes (id, tenant_id, execution_id, campaign_id, lane_number, status, instance_id, epoch,
      lease_until, heartbeat_at, dispatched_at, discovered, fetched)
    values (${laneId}, ${tenantId}, ${executionId}, ${campaignId}, 1, 'active', ${instanceId}, 1, '2100-01-01', now(),
      now(), ${pages}, ${pages})`;
}

/** @param {any} sql @param {Planted} of @param {number} pages */
async function plantDiscoveries(sql, { tenantId, campaignId, executionId }, pages) {
  await sql`
    insert into url_discovery_log (execution_id, url_hash, tenant_id, campaign_id, discovered_url, host, source_url,
      discovery_method, url_depth, is_internal, should_crawl)
    select ${executionId}, pg_temp.key_of(url), ${tenantId}, ${campaignId}, url, ${HOST},
      case when n > 0 then pg_temp.page_url((n - 1) / 10) end,
      case when n = 0 then 'seed' when n % 100 = 1 then 'redirect' else 'link' end, case when n = 0 then 0 else length(n::text) end, true, true
    from generate_series(0, ${pages - 1}::int) as n cross join lateral pg_temp.page_url(n) as url`;
  await sql`
    insert into url_discovery_log (execution_id, url_hash, tenant_id, campaign_id, discovered_url, host, source_url,
      discovery_method, url_depth, is_internal, should_crawl, skip_reason, skip_rule)
    select ${executionId}, pg_temp.key_of(url), ${tenantId}, ${campaignId}, url, host, pg_temp.page_url(n), 'link', 3, false,
      false, case when n % 5000 = 0 then 'trap' when n % 10 = 0 then 'robots_txt' else 'out_of_scope' end, 'within: host'
    from generate_series(0, ${pages / 2 - 1}::int) as n
      cross join lateral (select 'h-' || n / 10 || '.example' as host) as other
      cross join lateral (select 'https://' || host || '/' || n as url) as address`;
  await sql`
    insert into url_discovery_log (execution_id, url_hash, tenant_id, campaign_id, discovered_url, host, source_url,
      discovery_method, url_depth, is_internal, should_crawl)
    select ${executionId}, pg_temp.key_of(url), ${tenantId}, ${campaignId}, url, ${HOST}, null, 'sitemap', 0, true, true
    from generate_series(0, ${pages / 1000 - 1}::int) as n
      cross join lateral (select 'https://${sql.unsafe(HOST)}/orphan-' || n as url) as address`;
}

/** @param {any} sql @param {Planted} of */
async function plantTargets(sql, { tenantId, executionId }) {
  await sql`
    insert into crawl_targets (execution_id, url_key, tenant_id, url, host, depth, state, attempt, settled_at, failure_code, is_seed)
    select ${executionId}, url_hash, ${tenantId}, discovered_url, host, url_depth, state, 1,
      case when state <> 'pending' then now() end, case when state = 'failed' then 'timeout' end, discovery_method = 'seed'
    from (
      select log.*, case when discovery_method = 'sitemap' then 'pending'
        when random() < 0.001 then 'failed' else 'fetched' end as state
      from url_discovery_log log where execution_id = ${executionId} and should_crawl
    ) found order by random()`;
}

/** @param {any} sql @param {Planted} of @param {number} pages */
async function plantPages(sql, { tenantId, campaignId, executionId }, pages) {
  await sql`
    insert into crawl_results (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, content_type,
      is_html, fetched_at, ttfb_ms, total_ms, wire_bytes, title, title_length, description, indexable, indexability_reason,
      soft404_score, response, page)
    select ${executionId}, pg_temp.key_of(url), ${tenantId}, ${campaignId}, url, ${HOST}, case when n = 0 then 0 else length(n::text) end, status,
      case when html then 'text/html; charset=utf-8' when n % 20000 = 19 then 'application/json' else 'application/pdf' end,
      html, now() - (${pages}::int - n) * interval '1 ms', random() * 100, random() * 1000, 11500,
      case when n % 500 <> 7 then 'Title of page ' || n end, 20, 'What page ' || n || ' is about, in a sentence',
      status = 200 and html and n % 50 <> 9,
      case when status >= 500 then 'server_error' when status >= 400 then 'client_error' when status >= 300 then 'redirect'
        when not html then 'non_html' when n % 50 = 9 then 'noindex' end,
      case when n % 3000 = 11 then 0.8 else 0.1 end,
      jsonb_build_object('headers', jsonb_build_array(repeat(md5(n::text), 12))),
      jsonb_build_object('head', jsonb_build_object('text', repeat(md5((n + 1)::text), 40)))
    from generate_series(0, ${pages - 1}::int) as n
      cross join lateral pg_temp.page_url(n) as url
      cross join lateral (select case when n % 100 = 1 then 301 when n % 100 = 2 then 404 when n % 200 = 3 then 410
        when n % 1000 = 4 then 500 when n % 20000 = 5 then 503 else 200 end as status, n % 20 <> 19 as html) as answer`;
}

/** @param {any} sql @param {Planted} of @param {number} pages */
async function plantLinks(sql, { tenantId, executionId }, pages) {
  await sql`
    insert into crawl_links (execution_id, source_key, tenant_id, link_count, target_keys, links)
    select ${executionId}, pg_temp.key_of(pg_temp.page_url(n)), ${tenantId}, count(*),
      array_agg(pg_temp.key_of(url) order by place),
      '{"v":3,"u":' || json_agg(url order by place) ||
        ',"h":[' || string_agg(place || ',' || length(url), ',' order by place) ||
        '],"l":[' || string_agg(-4 - case when n % 5000 = 0 and place = 0 then 4 << 12 else 0 end || ',' || place ||
          ',"An anchor of ' || place || '"', ',' order by place) || ']}'
    from (
      select n, url, (row_number() over (partition by n order by first)) - 1 as place
      from (
        select n, url, min(first) as first from generate_series(0, ${pages - 1}::int) as n
        cross join lateral (
          select pg_temp.page_url(0) as url, 0 as first
          union all select pg_temp.page_url((n - 1) / 10), 1 where n > 0
          union all select pg_temp.page_url(n * 10::bigint + below), 1 + below from generate_series(1, 10) as below
            where n * 10::bigint + below < ${pages}::int
          union all select 'https://h-' || n / 10 || '.example/' || n, 20 where n < ${pages / 2}::int
        ) as link group by n, url
      ) named
    ) placed group by n`;
}

/** @param {any} sql @param {Planted} of @param {number} pages */
async function plantSitemap(sql, { tenantId, campaignId, executionId }, pages) {
  const sitemapId = randomUUID();
  await sql`
    insert into execution_sitemaps (id, tenant_id, execution_id, campaign_id, url, url_key, host, found_in, state, settled_at)
    values (${sitemapId}, ${tenantId}, ${executionId}, ${campaignId}, 'https://planted.example/sitemap.xml',
      ${randomUUID()}, ${HOST}, 'robots', 'read', now())`;
  await sql`
    insert into sitemap_urls (execution_id, url_key, sitemap_id, tenant_id)
    select ${executionId}::uuid, pg_temp.key_of(pg_temp.page_url(n)), ${sitemapId}::uuid, ${tenantId}::uuid
    from generate_series(0, ${pages - 1}::int) as n where n % 10 <> 0
    union all
    select ${executionId}::uuid, url_hash, ${sitemapId}::uuid, ${tenantId}::uuid from url_discovery_log
    where execution_id = ${executionId} and discovery_method = 'sitemap'`;
}

/** @param {any} sql @param {Planted} of @param {number} pages */
async function plantErrors(sql, { tenantId, campaignId, executionId }, pages) {
  await sql`
    insert into campaign_errors (id, tenant_id, campaign_id, execution_id, error_type, severity, error_code, error_message,
      url, url_hash, host, http_status_code)
    select pg_temp.id_of(0), ${tenantId}, ${campaignId}, ${executionId},
      case when n % 4 = 0 then 'timeout' else 'http' end, case when n % 20000 = 0 then 'critical' else 'warning' end,
      case when n % 4 = 0 then 'timeout' else 'http_404' end, 'planted', url, pg_temp.key_of(url), ${HOST},
      case when n % 4 > 0 then 404 end
    from generate_series(0, ${pages / 5 - 1}::int) as n cross join lateral pg_temp.page_url(n) as url`;
  await sql`
    insert into event_stream (campaign_id, seq, tenant_id, execution_id, event_type, payload)
    select ${campaignId}, n, ${tenantId}, case when n % 10000 = 0 then ${executionId}::uuid else gen_random_uuid() end,
      'execution.started', '{}'
    from generate_series(1, 100000) as n`;
}

/** @param {any} sql @param {Planted} of */
async function plantHistory(sql, { tenantId, campaignId, executionId, instanceId }) {
  await sql`
    insert into campaign_seeds (id, tenant_id, campaign_id, url, url_key)
    select pg_temp.id_of(0), ${tenantId}, ${campaignId}, url, pg_temp.key_of(url)
    from generate_series(1, 100000) as n cross join lateral pg_temp.page_url(n) as url`;
  await sql`
    insert into crawler_campaigns (id, tenant_id, name, config)
    select pg_temp.id_of(100000 + n), tenant_id, 'Campaign ' || n, config
    from crawler_campaigns, generate_series(1, 10000) as n where id = ${campaignId}`;
  await sql`
    insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, status, end_reason, config,
      config_revision, lane_count, started_at, completed_at, duration_seconds, triggered_by, inlinks_indexed_at,
      sitemaps_compared_at)
    select pg_temp.id_of(7200 + n * 60), tenant_id, campaign_id, n, 'scheduled',
      case when n % 9000 = 0 then 'failed' else 'completed' end, 'frontier_exhausted', config, 1, 1, now(), now(), 1,
      'a bench', now(), now()
    from campaign_executions, generate_series(1, 50000) as n where id = ${executionId}`;
  await sql`
    insert into crawler_instances (id, host, pid, version, capacity, state, heartbeat_at)
    select case when n = 1 then ${instanceId}::uuid else gen_random_uuid() end, 'worker-' || n, n, '0', 4, 'gone',
      now() from generate_series(1, 10000) as n`;
  await sql`
    insert into crawler_performance_metrics (instance_id, recorded_at, tenant_id, campaign_id, execution_id, lane_id,
      pages_per_second, cpu_usage_percent, memory_usage_mb, queue_size, processed_count, pending_count, bandwidth_mbps,
      requests_per_minute)
    select ${instanceId}, now() - n * interval '5 s', ${tenantId}, ${campaignId}, ${executionId}, gen_random_uuid(),
      1, 2, 3, 4, 5, 6, 7, 8 from generate_series(1, 200000) as n`;
}

/**
 * Ends the planted execution, as the orchestrator would have: nothing is pending any more.
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {Planted} planted
 */
export async function endPlanted({ sql }, { executionId }) {
  const { recountCoverage } = await import(new URL('../packages/db/dist/index.js', import.meta.url).href);
  await sql`
    update crawl_targets set state = 'skipped', settled_at = now() where execution_id = ${executionId} and state = 'pending'`;
  await sql`
    update url_discovery_log set should_crawl = false, skip_reason = 'page_limit'
    where execution_id = ${executionId} and discovery_method = 'sitemap'`;
  await sql`update execution_lanes set status = 'finished', lease_until = null where execution_id = ${executionId}`;
  const { receipt } = await recountCoverage({ sql }, executionId);
  await sql`
    update campaign_executions set status = 'completed', completed_at = now(), end_reason = 'frontier_exhausted',
      duration_seconds = 3600, result_summary = jsonb_build_object('receipt', ${JSON.stringify(receipt)}::text::jsonb)
    where id = ${executionId}`;
  await sql.unsafe('vacuum analyze');
}
