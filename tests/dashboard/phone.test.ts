import type { Oracle } from '@outrider/oracle';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../end-to-end/outrider-program.js';
import { startDashboard, type TestDashboard } from './start-dashboard.js';

/** One platform with a crawl that has some of everything, looked at as on a phone. */
let dashboard: TestDashboard;
let site: Oracle;
let campaignId: string;
let executionId: string;
let scheduleId: string;
let urlKey = '';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;
/** CSS pixels: a target that stands alone is at least so large in both directions (WCAG 2.2, 2.5.8). */
const LEAST_TARGET = 24;

beforeAll(async () => {
  dashboard = await startDashboard();
  const { api, session } = dashboard;
  site = await session.site({
    seed: 31,
    pages: 40,
    linksPerPage: 5,
    plant: { notFound: 3, redirects: 3, reset: 1, outOfScope: 2, noindex: 1 },
  });
  const { id } = await api.call('createCampaign', {
    body: { name: 'In the hand', seeds: [site.seedUrl], scope: { deny: ['/page/1\\d'] } },
  });
  campaignId = id;
  const schedule = await api.call('createSchedule', {
    params: { id },
    body: { name: 'Every night', cron: '0 3 * * *' },
  });
  scheduleId = schedule.id;
  for (const _ of [1, 2]) {
    const { execution } = await api.call('startCampaign', { params: { id }, body: {} });
    executionId = execution.id;
    const params = { id: executionId };
    await until(
      'the crawl ended',
      async () => (await api.call('getExecution', { params })).status === 'completed',
    );
  }
  const pages = await api.call('listPages', { params: { id: executionId }, query: {} });
  urlKey = pages.items[0]?.urlKey ?? '';
}, 300_000);
afterAll(() => dashboard?.close());

const paths = (): readonly string[] => [
  '/campaigns',
  '/campaigns/new',
  `/campaigns/${campaignId}`,
  `/campaigns/${campaignId}/plan`,
  `/campaigns/${campaignId}/edit`,
  `/campaigns/${campaignId}/compare`,
  `/campaigns/${campaignId}/schedules`,
  `/executions/${executionId}`,
  `/executions/${executionId}/urls`,
  `/executions/${executionId}/discovered`,
  `/executions/${executionId}/errors`,
  `/executions/${executionId}/errors?view=each`,
  `/executions/${executionId}/changes`,
  `/executions/${executionId}/structure`,
  `/executions/${executionId}/urls/${urlKey}`,
  '/schedules',
  `/schedules/${scheduleId}`,
  '/fleet',
  '/settings',
  '/settings?part=quotas',
  '/settings?part=audit',
];

/** What can be pressed, is in sight and is smaller than a finger wants; a box to tick is pressed by its label as well. */
const SMALL_TARGETS = `
  [...document.querySelectorAll('button, [role=button], input, select, .sub-nav a')].flatMap((target) => {
    const { width, height } = (target.closest('label') ?? target).getBoundingClientRect();
    const isHidden = width === 0 || height === 0 || getComputedStyle(target).visibility === 'hidden';
    if (isHidden || target.closest('[aria-hidden=true]') !== null) return [];
    if (width >= ${LEAST_TARGET} && height >= ${LEAST_TARGET}) return [];
    const name = target.getAttribute('aria-label') ?? target.textContent ?? '';
    return [target.tagName + ' ' + name.trim() + ' ' + Math.round(width) + ' × ' + Math.round(height)];
  })`;

describe('on a phone', () => {
  it('no page is wider than the window, and what is pressed has room for a finger', {
    timeout: 120_000,
  }, async () => {
    const { page, complaints } = await dashboard.signedIn(PHONE);
    const found: string[] = [];
    for (const path of paths()) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
      const width: number = await page.evaluate('document.documentElement.scrollWidth');
      if (width > PHONE.viewport.width) found.push(`${path}: ${width} pixels wide`);
      const small: string[] = await page.evaluate(SMALL_TARGETS);
      found.push(...small.map((target) => `${path}: ${target}`));
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('a group of errors is opened and an error is read without scrolling sideways', async () => {
    const { page, complaints } = await dashboard.signedIn(PHONE);
    for (const path of ['errors', 'errors?view=each']) {
      await page.goto(`/executions/${executionId}/${path}`);
      const open = page.getByRole('button', { name: /^Open http[ _]404/ }).first();
      await open.waitFor();
      const box = await open.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0), path).toBeLessThanOrEqual(PHONE.viewport.width);
      await open.tap();
      await page.getByLabel('Notes').waitFor();
      await page.keyboard.press('Escape');
    }
    expect(complaints).toEqual([]);
  });

  it('the menu leads to every part, and shuts behind one', async () => {
    const { page, complaints } = await dashboard.signedIn(PHONE);
    await page.goto('/campaigns');
    for (const [part, path] of [
      ['Schedules', '/schedules'],
      ['Fleet', '/fleet'],
      ['Settings', '/settings'],
    ] as const) {
      await page.getByRole('button', { name: 'Navigation' }).tap();
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: part }).tap();
      await page.waitForURL(`**${path}**`);
      await page.getByRole('heading', { level: 1, name: part }).tap();
    }
    expect(complaints).toEqual([]);
  });
});

describe('by keyboard', () => {
  it('the list of pages and campaigns is chosen from with the arrows, and read out', async () => {
    const { page, complaints } = await dashboard.signedIn();
    await page.goto('/campaigns');
    await page.getByRole('link', { name: 'In the hand' }).waitFor();
    await page.keyboard.press('/');
    const box = page.getByRole('combobox', { name: 'Name of a page or a campaign' });
    await box.fill('in the');
    await page.getByRole('option', { name: /In the hand/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    const marked = (await box.getAttribute('aria-activedescendant')) ?? '';
    expect(await page.locator(`[id="${marked}"]`).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'In the hand' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('who follows a link goes on from the content of the page it leads to', async () => {
    const { page, complaints } = await dashboard.signedIn();
    await page.goto('/campaigns');
    await page.getByRole('link', { name: 'In the hand' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'In the hand' }).waitFor();
    await until(
      'the content has the focus',
      async () => (await page.evaluate('document.activeElement.id')) === 'content',
    );
    expect(complaints).toEqual([]);
  });
});
