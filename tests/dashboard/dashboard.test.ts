import type { Oracle } from '@outrider/oracle';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProgram, until } from '../end-to-end/outrider-program.js';
import type { Session } from '../end-to-end/outrider-session.js';
import type { ApiClient } from '../platform/api-client.js';
import { hostilePages, PLANTED } from './hostile-pages.js';
import { startDashboard, type TestDashboard, violationsOn } from './start-dashboard.js';

/** One platform for all of these: they are about the page, and a start takes seconds. */
let dashboard: TestDashboard;
let session: Session;
let program: RunningProgram;
let key: string;
let api: ApiClient;
const browse: TestDashboard['browse'] = (options) => dashboard.browse(options);
const signedIn: TestDashboard['signedIn'] = (options) => dashboard.signedIn(options);

beforeAll(async () => {
  dashboard = await startDashboard();
  ({ session, program, key, api } = dashboard);
}, 300_000);
afterAll(() => dashboard?.close());

/** Crawls a site to its end, over the API. */
async function crawl(name: string, site: Oracle): Promise<{ campaignId: string; executionId: string }> {
  const campaign = await api.call('createCampaign', { body: { name, seeds: [site.seedUrl] } });
  const params = { id: campaign.id };
  const { execution } = await api.call('startCampaign', { params, body: {} });
  const isDone = async (): Promise<boolean> => {
    const { status } = await api.call('getExecution', { params: { id: execution.id } });
    return status === 'completed';
  };
  await until('the crawl ended', isDone);
  return { campaignId: campaign.id, executionId: execution.id };
}

describe('from the first start to a finished crawl', () => {
  it('the link that is printed signs in once, and a crawl is described, started, watched to its end and read', {
    timeout: 90_000,
  }, async () => {
    const site = await session.site({
      seed: 5,
      pages: 60,
      linksPerPage: 6,
      delayMs: 60,
      plant: { notFound: 3 },
    });
    const link = /^ {2}Dashboard\s+(\S+)/m.exec(program.stdout())?.[1] ?? '';
    expect(link).toMatch(/\/welcome#[\w-]{43}$/);
    const { page, complaints } = await browse();
    await page.goto(link);
    await page.getByRole('heading', { name: 'Which site shall be crawled?' }).waitFor();
    expect(page.url()).not.toContain('#');

    await page.getByLabel('Address').fill(site.seedUrl);
    await page.getByRole('button', { name: 'Describe the campaign' }).click();
    await page.getByLabel('Name').fill('My first site');
    await page.getByRole('button', { name: /^Scope: / }).click();
    await page.getByLabel('No URLs that match').fill('/never\n(');
    await page.getByRole('button', { name: 'Create the campaign' }).click();
    await page.getByText(/^Line 2: not a pattern/).waitFor();
    await page.getByLabel('No URLs that match').fill('/never');
    await page.getByRole('button', { name: 'Create the campaign' }).click();
    await page.getByText('It has not run yet').waitFor();

    await page.getByRole('link', { name: 'Plan', exact: true }).click();
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('row', { name: new RegExp(`${site.seedUrl}.*in`) }).waitFor();

    await page.getByRole('link', { name: 'Live', exact: true }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await page.getByText(/Execution #1 .* was queued/).waitFor();
    await page.getByText(/Ended as completed/).waitFor({ timeout: 60_000 });

    await page.getByRole('link', { name: 'Execution #1' }).click();
    await page
      .getByText(new RegExp(`${site.expected.fetched} fetched`))
      .first()
      .waitFor();
    await page.getByRole('link', { name: '4xx' }).click();
    await page.getByText('3 shown').waitFor();
    expect(new URL(page.url()).search).toBe('?status=4xx');
    await page.getByRole('table', { name: 'Pages' }).getByRole('link').first().click();
    await page.getByRole('heading', { name: 'The answer' }).waitFor();
    await page.getByRole('table', { name: 'Links to this URL' }).getByRole('link').first().waitFor();
    expect(complaints).toEqual([]);

    const again = await browse();
    await again.page.goto(link);
    await again.page.getByText(/This link has been used/).waitFor();
  });
});

describe('a session that ends', () => {
  it('leads to where one signs in, and from there back to the page', async () => {
    const { page, context } = await browse();
    await page.goto('/settings?part=quotas');
    await page.getByLabel('API key').fill('crw_live_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This key is not valid').waitFor();
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Executions that run').waitFor();
    await context.clearCookies();
    await page.getByRole('link', { name: 'Fleet' }).click();
    await page.getByRole('heading', { name: 'Outrider' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });
});

// D01, D02
describe('what a hostile site planted', () => {
  it('is shown as text on every page, runs nothing, and no link leads into a script', {
    timeout: 60_000,
  }, async () => {
    const paths = hostilePages();
    const site = await session.site({
      seed: 7,
      pages: 2,
      linksPerPage: 1,
      plant: { customPaths: [...paths.keys()] },
    });
    for (const [path, body] of paths) {
      site.set(path, { headers: { 'content-type': 'text/html; charset=utf-8' }, body });
    }
    const { executionId, campaignId } = await crawl(`<img src=x onerror="${PLANTED}">`, site);
    const { page, complaints } = await signedIn();
    const base = `/executions/${executionId}`;
    const seen = async (address: string, landmark: string | RegExp): Promise<void> => {
      await page.goto(address);
      await page.getByText(landmark).first().waitFor();
      expect(await page.evaluate('globalThis.planted')).toBeUndefined();
      const hrefs = await page
        .locator('a[href]')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      expect(hrefs.filter((href) => !/^(\/|https?:|#)/.test(href ?? ''))).toEqual([]);
      const outward = await page
        .locator('a[target=_blank]')
        .evaluateAll((links) => links.map((link) => link.getAttribute('rel')));
      expect(outward.filter((rel) => rel !== 'noopener noreferrer')).toEqual([]);
    };
    await seen('/campaigns', '<img src=x onerror');
    await seen(`/campaigns/${campaignId}`, '<img src=x onerror');
    await seen(`${base}/urls`, /shown/);
    await page.getByText('<script>').first().waitFor();
    await seen(`${base}/discovered`, /shown/);
    await seen(`${base}/errors`, /shown/);
    const { items } = await api.call('listPages', { params: { id: executionId }, query: { limit: '100' } });
    expect(items.length).toBeGreaterThan(paths.size);
    for (const { urlKey } of items.filter(({ title }) => title?.includes(PLANTED))) {
      await seen(`${base}/urls/${urlKey}?links=out`, 'The answer');
    }
    const script = encodeURIComponent(`javascript:${PLANTED}`);
    await seen(`${base}/explain?url=${script}`, 'Explain');
    // The platform itself refuses what is no web address; the browser notes that answer.
    expect(complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
  });
});

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it('every page is free of what axe finds wrong', { timeout: 90_000 }, async () => {
    const site = await session.site({
      seed: 9,
      pages: 12,
      linksPerPage: 3,
      plant: { notFound: 2, reset: 1 },
    });
    const { campaignId, executionId } = await crawl(`Checked in ${colorScheme}`, site);
    const json = { name: 'Every night', cron: '0 3 * * *' };
    const schedule = await api.call('createSchedule', { params: { id: campaignId }, body: json });
    const { items } = await api.call('listPages', { params: { id: executionId }, query: { status: '404' } });
    const { page, complaints } = await signedIn({ colorScheme });
    const found: string[] = [];
    for (const [address, landmark] of [
      ['/campaigns', 'Checked in'],
      ['/campaigns/new', 'Seeds'],
      [`/campaigns/${campaignId}`, 'Activity'],
      [`/campaigns/${campaignId}/plan`, 'Show the plan'],
      [`/campaigns/${campaignId}/edit`, 'Archive'],
      [`/campaigns/${campaignId}/schedules`, 'Every night'],
      [`/schedules/${schedule.id}`, 'Ledger'],
      ['/schedules', 'Every night'],
      [`/executions/${executionId}`, 'Where every URL went'],
      [`/executions/${executionId}/urls`, 'shown'],
      [`/executions/${executionId}/urls/${items[0]?.urlKey}`, 'The answer'],
      [`/executions/${executionId}/discovered`, 'shown'],
      [`/executions/${executionId}/errors`, 'shown'],
      [`/executions/${executionId}/explain?url=${encodeURIComponent(site.seedUrl)}`, 'Rules, in their order'],
      ['/fleet', 'Freeze a host'],
      ['/settings', 'New key'],
      ['/settings?part=quotas', 'Pages a day at most'],
      ['/settings?part=audit', 'campaign.create'],
      ['/nowhere', 'nothing at this address'],
    ] as const) {
      await page.goto(address);
      await page.getByText(landmark).first().waitFor();
      for (const { id, nodes } of await violationsOn(page)) {
        found.push(`${address}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      }
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
