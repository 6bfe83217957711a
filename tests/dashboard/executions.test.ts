import { readFile } from 'node:fs/promises';
import type { Oracle } from '@outrider/oracle';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../end-to-end/outrider-program.js';
import { startDashboard, type TestDashboard, violationsOn } from './start-dashboard.js';

/** One platform, and on it one site that was crawled twice: the second time a page had changed. */
let dashboard: TestDashboard;
let site: Oracle;
let campaignId: string;
let executionIds: string[];

const NOT_FOUND = 3;
const ELSEWHERE = 2;
const CHANGED = '/changed/page';

beforeAll(async () => {
  dashboard = await startDashboard();
  const { api, session } = dashboard;
  site = await session.site({
    seed: 21,
    pages: 40,
    linksPerPage: 4,
    plant: { notFound: NOT_FOUND, reset: 1, outOfScope: ELSEWHERE, customPaths: [CHANGED] },
  });
  const say = (text: string): void =>
    site.set(CHANGED, {
      headers: { 'content-type': 'text/html' },
      body: `<title>${text}</title><p lang=en>${text}</p>`,
    });
  say('As it was');
  const created = await api.call('createCampaign', { body: { name: 'Read closely', seeds: [site.seedUrl] } });
  campaignId = created.id;
  executionIds = [await crawl()];
  say('As it is now');
  executionIds.push(await crawl());
}, 300_000);
afterAll(() => dashboard?.close());

async function crawl(): Promise<string> {
  const { api } = dashboard;
  const { execution } = await api.call('startCampaign', { params: { id: campaignId }, body: {} });
  const params = { id: execution.id };
  await until(
    'the crawl ended',
    async () => (await api.call('getExecution', { params })).status === 'completed',
  );
  return execution.id;
}

const base = (): string => `/executions/${executionIds[1]}`;
const tableOf = (page: Page, name: string) => page.getByRole('table', { name });

/** The lines of the CSV that the page's export leads to, and its name. */
async function exported(page: Page): Promise<{ readonly name: string; readonly lines: readonly string[] }> {
  await page.getByRole('button', { name: 'Export' }).click();
  const started = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /CSV/ }).click();
  const download = await started;
  const text = await readFile(await download.path(), 'utf8');
  return { name: download.suggestedFilename(), lines: text.trimEnd().split('\r\n') };
}

describe('errors of an execution', () => {
  it('leave as a file, those that the filters leave', async () => {
    const { page, complaints } = await dashboard.signedIn();
    await page.goto(`${base()}/errors?view=each&code=http_404`);
    await page.getByText(`${NOT_FOUND} shown`).waitFor();
    const { name, lines } = await exported(page);
    expect(name).toBe('execution-2-errors.csv');
    expect(lines).toHaveLength(1 + NOT_FOUND);
    expect(lines.slice(1).every((line) => line.includes(',http_404,'))).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('come in groups; a group opens to its errors, is resolved with a note, and opened again', async () => {
    const { page, complaints } = await dashboard.signedIn();
    await page.goto(`${base()}/errors`);
    const groups = tableOf(page, 'Groups of errors');
    const row = groups.getByRole('row').filter({ hasText: 'http 404' });
    await row
      .getByRole('cell', { name: String(NOT_FOUND), exact: true })
      .first()
      .waitFor();
    await row.getByRole('link', { name: 'http 404' }).click();
    await page.getByText(`${NOT_FOUND} shown`).waitFor();
    expect(await tableOf(page, 'Errors').getByText('/missing/').count()).toBeGreaterThan(0);

    await page.getByText('In groups').click();
    await row.getByRole('button', { name: /^Open http 404/ }).click();
    await page.getByLabel('Notes').fill('They are gone for good.');
    await page.getByRole('button', { name: `Resolve all ${NOT_FOUND}` }).click();
    await page.getByText(`${NOT_FOUND} errors changed`).waitFor();
    await row.getByRole('cell', { name: '0', exact: true }).waitFor();
    const query = { executionId: executionIds[1] ?? '', errorCode: 'http_404' };
    const { items } = await dashboard.api.call('listErrors', { params: { id: campaignId }, query });
    expect(items.map(({ resolved, resolutionNotes }) => [resolved, resolutionNotes])).toEqual(
      Array.from({ length: NOT_FOUND }, () => [true, 'They are gone for good.']),
    );

    await row.getByRole('button', { name: /^Open http 404/ }).click();
    await page.getByRole('button', { name: 'Open again' }).click();
    await row
      .getByRole('cell', { name: String(NOT_FOUND), exact: true })
      .nth(1)
      .waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('the pages of an execution', () => {
  it('are sorted by a column, show the columns that are chosen, and leave as a file', async () => {
    const { page, complaints } = await dashboard.signedIn();
    await page.goto(`${base()}/urls`);
    const table = tableOf(page, 'Pages');
    await table.getByRole('button', { name: 'Status' }).click();
    await table
      .getByRole('columnheader', { name: 'Status' })
      .and(page.locator('[aria-sort=descending]'))
      .waitFor();
    expect(new URL(page.url()).search).toBe('?sort=status_desc');
    await table.getByRole('row').nth(1).getByText('404').waitFor();
    await table.getByRole('button', { name: 'Status' }).click();
    await table.getByRole('row').nth(1).getByText('200').waitFor();

    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Language' }).check();
    await page.getByRole('checkbox', { name: 'Clicks' }).uncheck();
    await page.keyboard.press('Escape');
    await table.getByRole('columnheader', { name: 'Language' }).waitFor();
    expect(await table.getByRole('columnheader', { name: 'Clicks' }).count()).toBe(0);
    await page.reload();
    await table.getByRole('columnheader', { name: 'Language' }).waitFor();

    await page.goto(`${base()}/urls?status=4xx`);
    await page.getByText(`${NOT_FOUND} shown`).waitFor();
    const { name, lines } = await exported(page);
    expect(name).toBe('execution-2-pages.csv');
    expect(lines).toHaveLength(1 + NOT_FOUND);
    expect(complaints).toEqual([]);
  });

  it('tell what they answered in other executions, and whether their text has changed', async () => {
    const { items } = await dashboard.api.call('listPages', {
      params: { id: executionIds[1] ?? '' },
      query: { urlContains: CHANGED },
    });
    const { page, complaints } = await dashboard.signedIn();
    await page.goto(`${base()}/urls/${items[0]?.urlKey}`);
    const history = tableOf(page, 'The URL in the executions of its campaign');
    await history.getByRole('row').filter({ hasText: '#2' }).getByText('changed').waitFor();
    await history.getByRole('row').filter({ hasText: '#1' }).getByText('first seen').waitFor();
    await history.getByRole('link', { name: '#1' }).click();
    await page
      .getByText(/^As it was/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('URLs that were skipped', () => {
  it('are listed where the coverage leads, also those that were never to be crawled, and leave as a file', async () => {
    const { page, complaints } = await dashboard.signedIn();
    await page.goto(base());
    await page.getByRole('link', { name: 'skipped', exact: true }).click();
    await page.getByText(`${ELSEWHERE} shown`).waitFor();
    expect(await tableOf(page, 'Discovered URLs').getByText('out of scope').count()).toBe(ELSEWHERE);
    const { name, lines } = await exported(page);
    expect(name).toBe('execution-2-discovered-urls.csv');
    expect(lines).toHaveLength(1 + ELSEWHERE);
    expect(complaints).toEqual([]);
  });
});

describe('the structure of a site', () => {
  it('is a picture and a table of folders, each of which leads to its pages', async () => {
    const { page, complaints } = await dashboard.signedIn();
    await page.goto(`${base()}/structure`);
    const folder = page.getByRole('link', { name: /\/missing\/: 3 pages .* 3 with 4xx or 5xx/ });
    await folder.waitFor();
    await page
      .getByRole('row')
      .filter({ hasText: 'missing/' })
      .getByRole('cell', { name: '3' })
      .first()
      .waitFor();
    await folder.focus();
    await page.keyboard.press('Enter');
    await page.getByText(`${NOT_FOUND} shown`).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: '1', exact: true }).click();
    await page.getByRole('button', { name: '1 click from a seed: show all' }).waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('a campaign that runs', () => {
  it('shows what waits by host and by clicks from a seed, and which worker has its lane', async () => {
    const slow = await dashboard.session.site({ seed: 22, pages: 300, linksPerPage: 6, delayMs: 400 });
    const { api } = dashboard;
    const body = { name: 'Slow', seeds: [slow.seedUrl], politeness: { maxConcurrencyPerHost: 2 } };
    const { id } = await api.call('createCampaign', { body });
    await api.call('startCampaign', { params: { id }, body: {} });
    const { page, complaints } = await dashboard.signedIn();
    await page.goto(`/campaigns/${id}`);
    await page.getByRole('heading', { name: 'Frontier' }).waitFor();
    await page
      .getByRole('listitem')
      .filter({ hasText: new URL(slow.seedUrl).host })
      .getByText(/\d/)
      .first()
      .waitFor();
    await page
      .getByText(/^\d clicks?$/)
      .first()
      .waitFor();
    const lanes = page.getByRole('region', { name: 'Lanes' }).getByRole('row').filter({ hasText: 'active' });
    await lanes.getByRole('cell', { name: /\w+ \d+/ }).waitFor();
    await api.call('cancelCampaign', { params: { id }, body: {} });
    expect(complaints).toEqual([]);
  });
});

describe('an execution that a quota of pages keeps', () => {
  it('says so on its own page and on that of its campaign, and goes on when the quota is lifted', async () => {
    const { api } = dashboard;
    const quota = (maxPagesPerDay: number | null) =>
      api.call('setTenantQuotas', { params: { id: 'me' }, body: { maxPagesPerDay } });
    const { pagesToday } = await api.call('getTenantQuotas', { params: { id: 'me' } });
    expect(pagesToday).toBeGreaterThan(40);
    await quota(pagesToday);
    const { execution } = await api.call('startCampaign', { params: { id: campaignId }, body: {} });
    const params = { id: execution.id };
    const { page, complaints } = await dashboard.signedIn();
    for (const path of [`/executions/${execution.id}`, `/campaigns/${campaignId}`]) {
      await page.goto(path);
      await page.getByText('It waits').waitFor();
      await page.getByText('as many pages today (UTC) as it may').waitFor();
    }
    await quota(null);
    const statusOf = async () => (await api.call('getExecution', { params })).status;
    await until('it went on to its end', async () => (await statusOf()) === 'completed');
    expect(complaints).toEqual([]);
  });
});

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it('the views of an execution are free of what axe finds wrong, with a dialog open too', async () => {
    const { page, complaints } = await dashboard.signedIn({ colorScheme });
    const found: string[] = [];
    const check = async (where: string): Promise<void> => {
      for (const { id, nodes } of await violationsOn(page)) {
        found.push(`${where}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      }
    };
    await page.goto(`${base()}/structure`);
    await page.getByRole('heading', { name: 'Clicks from a seed' }).waitFor();
    await check('structure');
    await page.goto(`${base()}/errors`);
    await page.getByText(/shown/).waitFor();
    await check('errors');
    await page.getByRole('button', { name: /^Open http 404/ }).click();
    await page.getByLabel('Notes').waitFor();
    await check('a group of errors');
    await page.goto(`${base()}/errors?view=each`);
    await page.getByText(/shown/).waitFor();
    await check('errors one by one');
    await page.goto(`${base()}/urls?sort=slowest&depth=1`);
    await page.getByText(/shown/).waitFor();
    await check('pages');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Language' }).waitFor();
    await check('the columns of pages');
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
