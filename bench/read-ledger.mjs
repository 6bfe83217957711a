// What an execution left in its data directory, read from the database itself.
const database = (/** @type {string} */ path) =>
  import(new URL(`../packages/db/dist/${path}`, import.meta.url).href);

/**
 * @typedef {object} Ledger
 * @property {number} seconds from started_at to completed_at
 * @property {number} workerPeakMb as the platform itself recorded it
 * @property {number} links how many links are recorded
 * @property {number} pages rows of crawl_results
 * @property {Readonly<Record<string, number>>} bytes per table, indexes included
 */

const TABLES = ['crawl_results', 'crawl_links', 'crawl_inlinks', 'url_discovery_log', 'crawl_targets'];

/**
 * @param {string} dataDir of a platform that does not run
 * @param {string} executionId
 * @returns {Promise<Ledger>}
 */
export async function readLedger(dataDir, executionId) {
  const { startEmbeddedPostgres } = await database('embedded/start-embedded-postgres.js');
  const { openConnection } = await database('connect/connection.js');
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    const url = new URL(server.adminUrl);
    url.pathname = '/outrider';
    const connection = await openConnection({ url: url.href, parameters: {} });
    try {
      return await read(connection.sql, executionId);
    } finally {
      await connection.end();
    }
  } finally {
    await server.stop();
  }
}

/**
 * @param {any} sql the driver's template tag
 * @param {string} executionId
 * @returns {Promise<Ledger>}
 */
async function read(sql, executionId) {
  const [execution] = await sql`
    select extract(epoch from completed_at - started_at)::float8 as seconds,
      coalesce(memory_peak_mb, 0)::float8 as peak,
      (select coalesce(sum(link_count), 0)::int from crawl_links where execution_id = ${executionId}) as links,
      (select count(*)::int from crawl_results where execution_id = ${executionId}) as pages
    from campaign_executions where id = ${executionId}`;
  /** @type {Record<string, number>} */
  const bytes = {};
  for (const table of TABLES) {
    const [size] = await sql`
      select sum(pg_total_relation_size(relid))::float8 as bytes from pg_partition_tree(${table}::text::regclass)`;
    bytes[table] = size.bytes;
  }
  return {
    seconds: execution.seconds,
    workerPeakMb: execution.peak,
    links: execution.links,
    pages: execution.pages,
    bytes,
  };
}
