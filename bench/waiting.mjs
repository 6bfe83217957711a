// `pnpm bench:waiting [--executions 20000] [--tenants 50]`
// So many queued executions, planted: how long a worker takes for its next lane, how long the duty that shares lanes out reads,
// and how long GET /queue and GET /executions/:id take, without and with a quota of executions. Prints Markdown.
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { startDatabase } from './platform.mjs';
import { median } from './render-figures.mjs';
import { startApi } from './start-api.mjs';

const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '20000' },
    tenants: { type: 'string', default: '50' },
  },
});
await setUp();
const product = (/** @type {string} */ path) => import(new URL(`../packages/${path}`, import.meta.url).href);
const db = await product('db/dist/index.js');
const { campaignConfig, newId } = await product('shared/dist/index.js');
const executions = Number(values.executions);
const tenants = Number(values.tenants);
const TIMES = 30;
/** The API keeps the order for half a second. */
const STALE_MS = 600;

/**
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {string} own the tenant whose key is asked with; half of the executions are its own
 */
async function plant({ sql }, own) {
  const others = Array.from({ length: tenants - 1 }, () => newId());
  await sql`insert into tenants (id, name) select id, 'tenant ' || id from unnest(${others}::uuid[]) as tenant (id)`;
  const owners = Array.from({ length: executions }, (_, n) =>
    n % 2 === 0 ? own : (others[(n >> 1) % others.length] ?? own),
  );
  const config = JSON.stringify(campaignConfig.parse({}));
  await sql`
    with owner as (
      select tenant_id, nth, uuidv7() as campaign_id, uuidv7() as execution_id,
        (array['urgent', 'normal', 'normal', 'backfill'])[1 + nth % 4] as priority
      from unnest(${owners}::uuid[]) with ordinality as o (tenant_id, nth)
    ), campaign as (
      insert into crawler_campaigns (id, tenant_id, name, config)
      select campaign_id, tenant_id, 'waits ' || nth, '{}' from owner
    ), metrics as (
      insert into campaign_metrics (campaign_id, tenant_id) select campaign_id, tenant_id from owner
    ), execution as (
      insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, config, config_revision, lane_count,
        triggered_by)
      select execution_id, tenant_id, campaign_id, 1, 'api', ${config}::text::jsonb || jsonb_build_object('priority', priority), 1, 1,
        'the bench' from owner
    )
    insert into execution_lanes (id, tenant_id, execution_id, campaign_id, lane_number)
    select uuidv7(), tenant_id, execution_id, campaign_id, 1 from owner`;
  await sql`analyze campaign_executions, execution_lanes, crawler_campaigns`;
}

/**
 * Milliseconds, after one time that does not count.
 * @param {() => Promise<unknown>} work
 */
async function measure(work, pauseMs = 0) {
  const times = [];
  for (let nth = 0; nth <= TIMES; nth += 1) {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const begun = performance.now();
    await work();
    if (nth > 0) times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b);
}

const ledger = await startDatabase();
/** @type {Awaited<ReturnType<typeof startApi>> | null} */
let api = null;
try {
  await db.runMigrations({ adminUrl: ledger.databaseUrl });
  api = await startApi(ledger);
  const [{ tenant }] = await ledger.sql`select tenant_id as tenant from api_keys limit 1`;
  await plant(ledger, tenant);
  const system = db.openDatabase({
    url: ledger.databaseUrl,
    role: 'outrider_system',
    applicationName: 'bench',
  });
  const within = (/** @type {(tx: any) => Promise<unknown>} */ work) => system.withSystem(work);
  const instanceId = newId();
  await within((tx) =>
    db.registerInstance(tx, {
      id: instanceId,
      host: 'h',
      pid: 1,
      version: 'bench',
      capabilities: ['http', 'browser'],
      capacity: 1_000_000,
    }),
  );
  const { apiUrl, apiKey } = api;
  const get = async (/** @type {string} */ path) => {
    const answer = await fetch(`${apiUrl}/api/crawler${path}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const [{ last }] = await ledger.sql`
    select id as last from campaign_executions where tenant_id = ${tenant} order by id desc limit 1`;
  process.stdout.write('| quota | what | median, ms | slowest, ms |\n|---|---|--:|--:|\n');
  for (const quota of [null, 10]) {
    await within((tx) => db.setTenantQuotas(tx, tenant, { maxRunningExecutions: quota }));
    /** @type {[string, () => Promise<unknown>, number?][]} */
    const subjects = [
      [
        'a worker takes its next lane',
        () => within((tx) => db.takeNextLane(tx, { instanceId, leaseMs: 600_000, capacity: 1_000_000 })),
      ],
      ['lanes are shared out', () => within((tx) => db.readLaneDemand(tx, 200))],
      ['the order is read', () => within((tx) => db.listWaitingExecutions(tx))],
      ['`GET /queue`, first page', () => get('/queue?limit=50'), STALE_MS],
      ['`GET /queue`, order known', () => get('/queue?limit=50')],
      ['`GET /executions/:id` of the last', () => get(`/executions/${last}`), STALE_MS],
    ];
    for (const [what, work, pauseMs] of subjects) {
      const times = await measure(work, pauseMs);
      const slowest = times.at(-1) ?? Number.NaN;
      process.stdout.write(
        `| ${quota ?? 'none'} | ${what} | ${median(times).toFixed(1)} | ${slowest.toFixed(1)} |\n`,
      );
    }
  }
  await system.close();
} finally {
  await api?.stop();
  await ledger.stop();
}
