import { recountCoverage } from '@outrider/db';
import { expect, it } from 'vitest';
import { crawlToEnd, queueTestExecution } from '../testing/test-crawl.js';
import { SMALL, useTestFleet } from '../testing/test-fleet.js';

const fleet = useTestFleet();

it('where the seeds of a list redirect to is crawled, though a page that linked there came first', async () => {
  const oracle = await fleet.site(SMALL);
  const targets = ['/new', '/x/x/x'].map((path) => `${oracle.origin}${path}`);
  const refusals = (): Promise<Record<string, string>> =>
    fleet.db.system.withSystem(async (tx) => {
      const rows = await tx.sql<{ url: string; reason: string }[]>`
        select discovered_url as url, skip_reason as reason from url_discovery_log where skip_reason is not null`;
      return Object.fromEntries(rows.map(({ url, reason }) => [url, reason]));
    });
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  oracle.set('/nav', {
    headers: { 'content-type': 'text/html' },
    body: targets.map((url) => `<a href="${url}">there</a>`).join(' '),
  });
  for (const [n, location] of targets.entries()) {
    oracle.set(new URL(location).pathname, { headers: { 'content-type': 'text/html' }, body: 'here' });
    oracle.set(`/old/${n}`, async (_, response) => {
      await released;
      response.writeHead(301, { location }).end();
    });
  }
  const seeds = ['/nav', '/old/0', '/old/1'].map((path) => `${oracle.origin}${path}`);
  const execution = await queueTestExecution(fleet.db, seeds, { mode: 'list' });
  const crawl = crawlToEnd(fleet.db, await fleet.worker(), execution, 15_000);
  await expect
    .poll(refusals, { timeout: 8_000 })
    .toEqual({ [`${targets[0]}`]: 'not_in_list', [`${targets[1]}`]: 'trap' });
  release();
  await crawl;
  const all = await fleet.targets(execution);
  expect(Object.fromEntries(all.map(({ url, state }) => [url, state]))).toEqual(
    Object.fromEntries([...seeds, ...targets].map((url) => [url, 'fetched'])),
  );
  const [counters] = await fleet.db.system.withSystem(
    (tx) => tx.sql`
      select discovered::int, skipped::int, fetched::int from execution_lanes where execution_id = ${execution.executionId}`,
  );
  expect(counters).toEqual({ discovered: 2, skipped: 0, fetched: 5 });
  const { receipt } = await fleet.db.system.withSystem((tx) => recountCoverage(tx, execution.executionId));
  expect(receipt).toMatchObject({ balanced: true, discovered: 5, skipped: 0, fetched: 5 });
}, 20_000);
