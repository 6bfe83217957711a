// `pnpm bench:history [--executions 1000000] [--errors 10000000]`
// A campaign with a long history, planted: how fast are its executions and its errors to list, at the first page and
// at the deepest cursor, with each of the filters that the lists are asked with. Prints its findings as Markdown.
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { measureThese } from './api-latencies.mjs';
import { startDatabase, startPlatform } from './platform.mjs';

const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '1000000' },
    errors: { type: 'string', default: '10000000' },
  },
});
const executions = Number(values.executions);
const errors = Number(values.errors);
const MONTHS = 12;
const ROWS_PER_STATEMENT = 500_000;
/** Before all ids and behind all of them. */
const FIRST_ID = '00000000-0000-7000-8000-000000000000';

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/** @param {import('./platform.mjs').BenchDatabase} ledger */
async function plant({ sql }, /** @type {string} */ tenantId) {
  const [{ campaign }] = await sql`
    insert into crawler_campaigns (id, tenant_id, name, config, last_execution_number)
    values (uuidv7(), ${tenantId}, 'a long history', '{}', ${executions}) returning id as campaign`;
  await sql`insert into campaign_metrics (campaign_id, tenant_id) values (${campaign}, ${tenantId})`;
  for (let ago = MONTHS; ago > 0; ago -= 1) {
    await sql`select create_month_partition('campaign_errors',
      (date_trunc('month', now()) - ${ago} * interval '1 month')::date)`;
  }
  for (let from = 0; from < executions; from += ROWS_PER_STATEMENT) {
    const to = Math.min(from + ROWS_PER_STATEMENT, executions);
    await sql`
      with planted as (
        insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, status, end_reason, config,
          config_revision, lane_count, started_at, completed_at, duration_seconds, pages_crawled, triggered_by,
          inlinks_indexed_at, sitemaps_compared_at, analyzed_at, created_at)
        select uuidv7((at - now())), ${tenantId}, ${campaign}, n + 1, 'scheduled',
          case when n % 1000 = 0 then 'failed' else 'completed' end,
          case when n % 1000 = 0 then 'no_usable_seed' else 'frontier_exhausted' end, '{}', 1, 1, at, at + interval '30 seconds', 30, 100,
          'a schedule', now(), now(), now(), at
        from generate_series(${from}::int, ${to - 1}::int) as n
        cross join lateral (select now() - (${executions}::int - n) * interval '1 year' / ${executions}::int as at) as moment
        returning id, tenant_id, campaign_id
      )
      insert into execution_lanes (id, tenant_id, execution_id, campaign_id, lane_number, status, discovered, fetched)
      select uuidv7(), tenant_id, id, campaign_id, 1, 'finished', 100, 100 from planted`;
    say(`${to} executions`);
  }
  const [{ execution }] = await sql`
    select id as execution from campaign_executions where campaign_id = ${campaign} order by id limit 1`;
  const indexes = await sql`
    select indexname as name, indexdef as definition from pg_indexes
    where tablename = 'campaign_errors' and indexname <> 'campaign_errors_pkey'`;
  // Built in bulk at the end, in a fraction of the time.
  for (const { name } of indexes) await sql.unsafe(`drop index ${name}`);
  for (let from = 0; from < errors; from += ROWS_PER_STATEMENT) {
    const to = Math.min(from + ROWS_PER_STATEMENT, errors);
    await sql`
      insert into campaign_errors (id, tenant_id, campaign_id, execution_id, error_type, severity, error_code, error_message,
        url, url_hash, host, http_status_code, occurred_at)
      select uuidv7(at - now()), ${tenantId}, ${campaign}, ${execution}, case when n % 100000 = 0 then 'internal' else 'http' end,
        case when n % 100000 = 0 then 'critical' else 'warning' end, 'http_4xx', 'It answered 404.', 'https://a.test/' || n,
        md5(n::text)::uuid, 'a.test', 404, at
      from generate_series(${from}::int, ${to - 1}::int) as n
      cross join lateral (select now() - (${errors}::int - n) * interval '1 year' / ${errors}::int as at) as moment`;
    say(`${to} errors`);
  }
  for (const { name, definition } of indexes) {
    await sql.unsafe(definition.replace(' ON ONLY ', ' ON '));
    say(name);
  }
  await sql`analyze campaign_executions, execution_lanes, campaign_errors`;
  return { campaign, execution };
}

await setUp();
const ledger = await startDatabase();
/** @type {import('./platform.mjs').BenchPlatform | null} */
let platform = null;
try {
  // Its first start migrates the database and makes the tenant.
  await (await startPlatform(ledger)).stop();
  const [{ tenant }] = await ledger.sql`select tenant_id as tenant from api_keys limit 1`;
  const { campaign, execution } = await plant(ledger, tenant);
  platform = await startPlatform(ledger);
  const params = { id: campaign };
  const deepest = async (/** @type {string} */ table) => {
    const [row] = await ledger.sql`
      select id from ${ledger.sql(table)} where campaign_id = ${campaign} and id > ${FIRST_ID} order by id offset 50 limit 1`;
    return row === undefined ? null : [row.id];
  };
  const subject = { platform, ledger, executionId: execution, campaignId: campaign, tenantId: tenant };
  // What is asked for first waits for connections and for code that is not compiled yet.
  await measureThese(subject, [
    { name: 'listErrors', params, filters: [{}], deep: () => Promise.resolve(null) },
  ]);
  const found = await measureThese(subject, [
    {
      name: 'listExecutions',
      params,
      filters: [{}, { status: 'completed' }, { status: 'failed' }, { status: 'running' }],
      deep: () => deepest('campaign_executions'),
    },
    {
      name: 'listErrors',
      params,
      filters: [
        {},
        { executionId: execution },
        { severity: 'critical' },
        { errorType: 'internal' },
        { errorType: 'http' },
      ],
      deep: () => deepest('campaign_errors'),
    },
  ]);
  const [{ bytes }] = await ledger.sql`select pg_database_size(current_database())::float8 as bytes`;
  process.stdout.write(`${(bytes / 1e9).toFixed(1)} GB of database.\n\n`);
  process.stdout.write(`| List | Items | Median, ms | Slowest, ms |\n|---|---|---|---|\n`);
  for (const { what, times, items } of found) {
    const sorted = times.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    process.stdout.write(
      `| ${what} | ${items} | ${median.toFixed(1)} | ${(sorted.at(-1) ?? Number.NaN).toFixed(1)} |\n`,
    );
  }
} finally {
  await platform?.stop();
  await ledger.stop();
}
