import type { Stage } from '../stage/stage.js';
import { BOTH, type Configuration } from './configuration.js';

const ENTRIES = 3_000;

/** F01 for what a lane does beside pages: read sitemaps. */
export const DYING_SITEMAP_READER: Configuration = {
  fault: 'F01',
  name: 'kill -9 a worker while it reads a sitemap',
  backends: BOTH,
  limitSeconds: 100,
  inTests: ['postgres'],
  run,
};

async function run(stage: Stage): Promise<void> {
  const urls = stage.oracle.urlsOf('page');
  const requests = serveSitemap(stage, urls);
  const workers = await stage.startPlatform(2);
  const executionId = await stage.startCrawl({
    mode: 'sitemap',
    sitemaps: { urls: [`${stage.oracle.origin}/named.xml`] },
  });
  let reader: string | undefined;
  await stage.until('a worker that reads the sitemap', async () => {
    const [row] = await stage.db.system.withSystem(
      (tx) => tx.sql<{ instance_id: string }[]>`
        select lane.instance_id from execution_sitemaps file join execution_lanes lane on lane.id = file.lane_id
        where file.execution_id = ${executionId} and file.state = 'reading'`,
    );
    reader = requests() === 1 ? row?.instance_id : undefined;
    return reader !== undefined;
  });
  await workers.find(({ facts }) => facts['instanceId'] === reader)?.kill('SIGKILL');
  const status = await stage.ended(executionId, 60_000);
  stage.verdicts.expect(`it ended as ${status}`, status === 'completed', 'I3');
  await judgeSitemap(stage, executionId, urls.length);
}

/** The first reader gets most of it, and waits for the rest until it dies. */
function serveSitemap(stage: Stage, urls: readonly string[]): () => number {
  const repeated = Array.from({ length: ENTRIES }, (_, n) => urls[n % urls.length]);
  const sitemap = `<urlset>${repeated.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`;
  let requests = 0;
  stage.oracle.set('/named.xml', (_request, response) => {
    requests += 1;
    response.writeHead(200, { 'content-type': 'application/xml' });
    if (requests === 1) response.write(sitemap.slice(0, -20));
    else response.end(sitemap);
  });
  return () => requests;
}

async function judgeSitemap(stage: Stage, executionId: string, crawled: number): Promise<void> {
  const { items } = await stage.api.call('listSitemaps', { params: { id: executionId }, query: {} });
  const [file] = items;
  const isRight =
    items.length === 1 &&
    file?.state === 'read' &&
    file.attempts === 1 &&
    file.entries === ENTRIES &&
    file.urlsInScope === crawled &&
    file.dropped['duplicate'] === ENTRIES - crawled;
  stage.verdicts.expect(`the sitemap was read once: ${JSON.stringify(file)}`, isRight, 'I2');
  const [counts] = await stage.db.system.withSystem(
    (tx) => tx.sql<Record<string, unknown>[]>`
      select (select count(*)::int from sitemap_urls where execution_id = execution.id) as named,
        (select count(*)::int from url_discovery_log where execution_id = execution.id and should_crawl) as to_crawl,
        pages_crawled::int as fetched, error_log as problems
      from campaign_executions execution where id = ${executionId}`,
  );
  const { named, to_crawl, fetched, problems } = counts ?? {};
  const isWhole = named === crawled && to_crawl === crawled && fetched === crawled && problems === null;
  stage.verdicts.expect(`every URL of it is crawled once: ${JSON.stringify(counts)}`, isWhole, 'I1');
}
