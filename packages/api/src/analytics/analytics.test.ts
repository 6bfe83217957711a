import { storeAnalytics, takeUnanalyzedExecution } from '@outrider/db';
import { campaignComparison, executionAnalytics, executionComparison, newId } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';

const api = oneApiPerFile();
let sites: PlantedSite[];

/** Ends an execution without further ado, and makes its figures. */
async function endAndAnalyze({ executionId }: PlantedSite, slower: number): Promise<void> {
  await api().db.app.withTenant(api().db.tenantId, async ({ sql }) => {
    await sql`update crawl_results set total_ms = total_ms + ${slower} where execution_id = ${executionId}`;
    await sql`
      update campaign_executions set status = 'completed', started_at = now() - interval '10 seconds', completed_at = now(),
        duration_seconds = 10, end_reason = 'frontier_exhausted' where id = ${executionId}`;
  });
  await api().db.system.withSystem(async (tx) => {
    const taken = await takeUnanalyzedExecution(tx, []);
    if (taken !== null) await storeAnalytics(tx, taken);
  });
}

beforeAll(async () => {
  sites = [await plantSite(api()), await plantSite(api()), await plantSite(api())];
  for (const [n, site] of sites.slice(0, 2).entries()) await endAndAnalyze(site, n * 50);
});

const [ENDED, SLOWER, RUNNING] = [0, 1, 2] as const;
const site = (n: 0 | 1 | 2): PlantedSite => sites[n] as PlantedSite;
const idsOf = (...ns: (0 | 1 | 2)[]): string => ns.map((n) => site(n).executionId).join(',');

describe('the figures of an execution', () => {
  it('are final once it has ended, and counted now while it runs', async () => {
    const { body } = await api().call('GET', `/executions/${site(ENDED).executionId}/analytics`);
    expect(executionAnalytics.parse(body)).toMatchObject({
      basis: 'final',
      durationSeconds: 10,
      pagesPerSecond: 0.9,
      figures: {
        pagesCrawled: 9,
        pagesFailed: 1,
        urlsDiscovered: 13,
        statusClasses: { '2xx': 3, '3xx': 5, '4xx': 1 },
        contentTypes: { 'text/html': 8, 'application/pdf': 1 },
        errorsByType: { timeout: 1, http: 1, internal: 1 },
        skippedByReason: { robots_txt: 1, out_of_scope: 1 },
      },
    });
    const running = await api().call('GET', `/executions/${site(RUNNING).executionId}/analytics`);
    expect(running.body).toMatchObject({ basis: 'recount', figures: { pagesCrawled: 9 } });
  });

  it('are listed by day and by execution, in parts', async () => {
    const { campaignId, executionId } = site(ENDED);
    const path = `/campaigns/${campaignId}/analytics`;
    const today = new Date().toISOString().slice(0, 10);
    const byDay = await api().call('GET', path);
    expect(byDay.body.items.at(0)).toMatchObject({
      period: 'day',
      executionId: null,
      figures: { pagesCrawled: 9 },
    });
    const by = await api().call('GET', `${path}?by=execution&from=2026-01-01`);
    expect(by.body.items).toMatchObject([{ period: 'execution', executionId, day: null, executions: 1 }]);
    expect((await api().call('GET', `${path}?by=execution&to=2025-12-31`)).body.items).toEqual([]);
    const first = await api().call('GET', `${path}?limit=1&to=${today}`);
    expect(first.body.nextCursor).toBeNull();
    const wrong = await api().call('GET', `${path}?from=yesterday`);
    expect(wrong.body).toMatchObject({ status: 400, fields: [{ path: 'from' }] });
  });
});

describe('a comparison', () => {
  it('of executions has their figures in the order asked for, with the differences to the first', async () => {
    const { body } = await api().call('GET', `/executions/compare?ids=${idsOf(ENDED, SLOWER, RUNNING)}`);
    const { items } = executionComparison.parse(body);
    expect(items.map(({ executionId }) => executionId).join()).toBe(idsOf(ENDED, SLOWER, RUNNING));
    expect(items[0]?.differences).toBeNull();
    const slower = items[1]?.differences ?? {};
    expect(slower['responseTimes.averageMs']?.change).toBeCloseTo(50);
    expect(slower).not.toHaveProperty('pagesCrawled');
    expect(items[2]).toMatchObject({ basis: 'recount', differences: {} });
  });

  it('of campaigns is over the same days', async () => {
    const ids = `${site(ENDED).campaignId},${site(RUNNING).campaignId}`;
    const { body } = await api().call('GET', `/campaigns/compare?ids=${ids}`);
    const { items, from, to } = campaignComparison.parse(body);
    expect(Date.parse(to) - Date.parse(from)).toBe(29 * 86_400_000);
    expect(items).toMatchObject([
      { campaignId: site(ENDED).campaignId, executions: 1, figures: { pagesCrawled: 9 }, differences: null },
      {
        name: 'Planted',
        executions: 0,
        figures: { pagesCrawled: 0 },
        differences: { pagesCrawled: { change: -9, share: -1 } },
      },
    ]);
    const earlier = await api().call('GET', `/campaigns/compare?ids=${ids}&from=2025-01-01&to=2025-02-01`);
    expect(earlier.body.items).toMatchObject([{ executions: 0 }, { executions: 0 }]);
  });

  it.each(['executions', 'campaigns'])('of %s names what is wrong with it', async (things) => {
    const own = things === 'executions' ? site(ENDED).executionId : site(ENDED).campaignId;
    const ask = async (query: string) => (await api().call('GET', `/${things}/compare${query}`)).body;
    const many = Array.from({ length: 11 }, () => newId()).join();
    expect(await ask('')).toMatchObject({ code: 'validation_failed', fields: [{ path: 'ids' }] });
    expect(await ask(`?ids=${own}`)).toMatchObject({ code: 'validation_failed', fields: [{ path: 'ids' }] });
    expect(await ask(`?ids=${many}`)).toMatchObject({ code: 'limit_exceeded', fields: [{ path: 'ids' }] });
    expect(await ask(`?ids=${own},${own}`)).toMatchObject({
      code: 'validation_failed',
      fields: [{ path: 'ids' }],
    });
    expect(await ask(`?ids=${own},x`)).toMatchObject({
      code: 'validation_failed',
      fields: [{ path: 'ids.1' }],
    });
    expect(await ask(`?ids=${own},${newId()}`)).toMatchObject({
      code: 'not_found',
      fields: [{ path: 'ids.1' }],
    });
  });

  it('of days in the wrong order, or of too many, is refused', async () => {
    const ids = `${site(ENDED).campaignId},${site(RUNNING).campaignId}`;
    for (const days of ['from=2026-02-02&to=2026-02-01', 'from=2024-01-01&to=2026-01-01']) {
      const { body } = await api().call('GET', `/campaigns/compare?ids=${ids}&${days}`);
      expect(body).toMatchObject({ code: 'validation_failed', fields: [{ path: 'from' }] });
    }
  });

  it("shows a tenant nothing of another's, whatever the place of the id", async () => {
    const theirs = await plantSite(api(), api().keys.foreign, api().foreignTenantId);
    for (const [things, own, foreign] of [
      ['executions', site(ENDED).executionId, theirs.executionId],
      ['campaigns', site(ENDED).campaignId, theirs.campaignId],
    ]) {
      for (const [place, ids] of [`${foreign},${own}`, `${own},${foreign}`].entries()) {
        const { body } = await api().call('GET', `/${things}/compare?ids=${ids}`);
        expect(body).toMatchObject({ status: 404, code: 'not_found', fields: [{ path: `ids.${place}` }] });
      }
    }
  });
});

describe('the progress of an execution', () => {
  it('is estimated while it runs, and over once it has ended', async () => {
    const { executionId } = site(RUNNING);
    const { body } = await api().call('GET', `/executions/${executionId}/progress`);
    expect(body).toMatchObject({ executionId, status: 'queued', caveats: [{ code: 'not_started' }] });
    const ended = await api().call('GET', `/executions/${site(ENDED).executionId}/progress`);
    expect(ended.body).toMatchObject({ remainingSeconds: 0, doneShare: 1 });
  });
});

describe('the metrics of a worker', () => {
  it('are means of minutes where the span is a day or the caller says so', async () => {
    const path = `/instances/${site(ENDED).instanceId}/metrics`;
    const asked = await api().call('GET', `${path}?resolution=minute`);
    expect(asked.body.items).toHaveLength(3);
    expect(asked.body.items[0]).toMatchObject({ resolution: 'minute', seconds: 5 });
    const since = encodeURIComponent(new Date(Date.now() - 86_400_000).toISOString());
    expect((await api().call('GET', `${path}?since=${since}`)).body.items[0]).toMatchObject({
      resolution: 'minute',
    });
    expect((await api().call('GET', path)).body.items[0]).toMatchObject({ resolution: 'sample' });
  });
});

describe('what changed since another execution', () => {
  it('is refused without one to compare with, with itself, and with one of another campaign', async () => {
    const path = `/executions/${site(ENDED).executionId}/changes`;
    const answers = [
      await api().call('GET', path),
      await api().call('GET', `${path}?since=${site(ENDED).executionId}`),
      await api().call('GET', `${path}?since=${site(SLOWER).executionId}`),
    ];
    for (const { body } of answers) {
      expect(body).toMatchObject({ code: 'validation_failed', fields: [{ path: 'since' }] });
    }
    expect((await api().call('GET', `${path}?since=${newId()}`)).status).toBe(404);
  });

  it('has no execution to compare with once the previous one is gone', async () => {
    const { executionId } = site(RUNNING);
    const path = `/executions/${executionId}/changes`;
    await api().db.system.withSystem(
      ({ sql }) =>
        sql`update campaign_executions set previous_execution_id = ${newId()} where id = ${executionId}`,
    );
    const { body } = await api().call('GET', path);
    expect(body).toMatchObject({ code: 'validation_failed', fields: [{ path: 'since' }] });
    expect((await api().call('GET', `/executions/${executionId}`)).body).toMatchObject({
      previousExecutionId: null,
    });
  });
});
