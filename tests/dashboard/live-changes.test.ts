import type { Page, Request, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../end-to-end/outrider-program.js';
import type { DashboardBrowser } from './dashboard-browser.js';
import { startDashboard, type TestDashboard, violationsOn } from './start-dashboard.js';

let dashboard: TestDashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
}, 300_000);
afterAll(() => dashboard?.close());

async function createCampaign(name: string, seed = 'http://127.0.0.1:9/'): Promise<string> {
  const { id } = await dashboard.api.call('createCampaign', { body: { name, seeds: [seed] } });
  return id;
}

const read = (id: string) => dashboard.api.call('getCampaign', { params: { id } });
const executionsOf = async (id: string) =>
  (await dashboard.api.call('listExecutions', { params: { id } })).items;

const isWrite = (request: Request): boolean => !['GET', 'HEAD'].includes(request.method());

/** Cuts everything that would change something off, until it is let through again. */
async function cutWrites({ page }: DashboardBrowser): Promise<() => Promise<void>> {
  const cut = (route: Route): Promise<void> =>
    isWrite(route.request()) ? route.abort('internetdisconnected') : route.continue();
  await page.route('**/api/crawler/**', cut);
  return () => page.unroute('**/api/crawler/**', cut);
}

/** Gives a campaign's form another number of pages, and saves it. */
async function savePages(page: Page, pages: number): Promise<void> {
  await page.getByLabel('Pages at most').fill(String(pages));
  await page.getByRole('button', { name: 'Save' }).click();
}

const waiting = (page: Page, words: string) => page.getByRole('button', { name: `Changes: ${words}` });

describe('changes that get no answer', () => {
  it('are kept over a reload, and sent once and in their order when the platform answers', {
    timeout: 60_000,
  }, async () => {
    const id = await createCampaign('Kept');
    const browser = await dashboard.signedIn();
    const { page } = browser;
    await page.goto(`/campaigns/${id}/edit`);
    const letThrough = await cutWrites(browser);
    await savePages(page, 77);
    await page.getByText('Kept for later').waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await waiting(page, '2 waiting').click();
    await page.getByRole('dialog').getByText('Change Kept').waitFor();
    await page.getByRole('dialog').getByText('Start Kept').waitFor();
    await page.reload();
    await waiting(page, '2 waiting').waitFor();

    const sent: string[] = [];
    page.on('request', (request) => {
      if (isWrite(request)) sent.push(`${request.method()} ${request.headers()['idempotency-key']}`);
    });
    await letThrough();
    await waiting(page, '2 waiting').waitFor({ state: 'detached' });
    await until('the start is there', async () => (await executionsOf(id)).length > 0);
    expect((await read(id)).config.scope.maxPages).toBe(77);
    const [execution] = await executionsOf(id);
    // In their order: what was started runs what was changed before.
    expect(execution?.configRevision).toBe(2);
    await page.waitForTimeout(3_000);
    expect(await executionsOf(id)).toHaveLength(1);
    // However often each was sent: under one key, the change before the start.
    const changes = [...new Set(sent)];
    expect(changes).toHaveLength(2);
    expect(changes[0]).toMatch(/^PATCH [0-9a-f-]{36}$/);
    expect(changes[1]).toMatch(/^POST [0-9a-f-]{36}$/);
  });

  it('are carried out once when only the answer was lost', { timeout: 60_000 }, async () => {
    const id = await createCampaign('Answer lost');
    const { page } = await dashboard.signedIn();
    await page.goto(`/campaigns/${id}`);
    let lost = 0;
    await page.route(`**/campaigns/${id}/start`, async (route) => {
      if (lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Kept for later').waitFor();
    await page.getByText('Sent: Start Answer lost.').waitFor();
    expect([lost, await executionsOf(id)]).toMatchObject([1, [{ number: 1 }]]);
  });

  it('that the platform then refuses are shown with what can be done, and are never dropped', {
    timeout: 60_000,
  }, async () => {
    const id = await createCampaign('Changed by another');
    const browser = await dashboard.signedIn();
    const { page } = browser;
    await page.goto(`/campaigns/${id}/edit`);
    const letThrough = await cutWrites(browser);
    await savePages(page, 88);
    await waiting(page, '1 waiting').waitFor();
    await dashboard.api.call('updateCampaign', { params: { id }, body: { scope: { maxPages: 99 } } });
    await letThrough();
    // What is told in passing stays while the pointer is on it.
    await page.getByText(/^Not done: Change/).hover();
    await waiting(page, '1 not taken').press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/It is at revision 2, not 1/).waitFor();
    const found = await violationsOn(page);
    expect(found.map(({ id: rule, nodes }) => `${rule}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
    await page.getByText(/^Not done: Change/).waitFor();
    expect((await read(id)).config.scope.maxPages).toBe(99);
    await page.reload();
    await waiting(page, '1 not taken').click();
    await dialog.getByRole('button', { name: 'Send it all the same' }).click();
    await dialog.getByText('All were sent.').waitFor();
    expect((await read(id)).config.scope.maxPages).toBe(88);
  });

  it('are of the key that asked for them: another one neither sees nor sends them', {
    timeout: 60_000,
  }, async () => {
    const id = await createCampaign('Of one key');
    const { key } = await dashboard.api.call('createApiKey', { body: { name: 'Other', scope: 'operator' } });
    const browser = await dashboard.signedIn();
    const { page, context } = browser;
    await page.goto(`/campaigns/${id}`);
    const letThrough = await cutWrites(browser);
    await page.getByRole('button', { name: 'Start' }).click();
    await waiting(page, '1 waiting').waitFor();
    const signInWith = async (which: string): Promise<void> => {
      await page.goto('/sign-in');
      await page.getByLabel('API key').fill(which);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    };
    // The page is left first: let through, it would send at once what it may.
    await page.goto('about:blank');
    await letThrough();
    await context.clearCookies();
    await signInWith(key ?? '');
    await page.waitForTimeout(2_500);
    expect([await waiting(page, '1 waiting').count(), await executionsOf(id)]).toEqual([0, []]);
    await context.clearCookies();
    await signInWith(dashboard.key);
    await until('it was sent', async () => (await executionsOf(id)).length === 1);
  });
});

describe('notifications', () => {
  it('are off until somebody asks for them, and then tell of an end on any page', {
    timeout: 60_000,
  }, async () => {
    const id = await createCampaign('Told of');
    const { page, context } = await dashboard.signedIn();
    // What a desktop would show is noted instead.
    await page.addInitScript(() => {
      const shown: string[] = [];
      Object.assign(globalThis, { shown, asked: 0 });
      const Noted = function Noted(title: string): void {
        shown.push(title);
      };
      Object.assign(Noted, {
        permission: 'default',
        requestPermission: () => {
          Object.assign(globalThis, { asked: 1 });
          Object.assign(Noted, { permission: 'granted' });
          return Promise.resolve('granted');
        },
      });
      Object.defineProperty(globalThis, 'Notification', { value: Noted });
    });
    await page.goto('/fleet');
    await page.getByRole('button', { name: /^Signed in with/ }).click();
    expect(await page.evaluate('asked')).toBe(0);
    await page.getByRole('menuitem', { name: /^Notify me/ }).click();
    await page.getByText(/you are told when an execution ends/).waitFor();
    const looked = page.waitForResponse((answer) => answer.url().includes('/campaigns?'));
    await looked;
    await dashboard.api.call('startCampaign', { params: { id }, body: {} });
    await until('the end is told', async () => {
      const shown = (await page.evaluate('shown')) as string[];
      return shown.includes('Told of has failed');
    });
    expect(
      ((await page.evaluate('shown')) as string[]).filter((title) => /^Told of/.test(title)),
    ).toHaveLength(1);
    await context.close();
  });
});

describe('without a mouse', () => {
  it('one can sign in, describe a campaign, start it and stop it', { timeout: 60_000 }, async () => {
    const site = await dashboard.session.site({ seed: 4, pages: 500, linksPerPage: 4, delayMs: 200 });
    const { page } = await dashboard.browse();
    await page.goto('/sign-in');
    const press = async (key: string): Promise<void> => page.keyboard.press(key);
    /** Goes on with the Tab key until what has the focus is called so. */
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let step = 0; step < 80; step += 1) {
        const focused: string = await page.evaluate(`(() => {
          const element = document.activeElement;
          return element?.labels?.[0]?.textContent || element?.getAttribute('aria-label') || element?.textContent || '';
        })()`);
        if (name.test(focused)) return;
        await press('Tab');
      }
      throw new Error(`the Tab key does not lead to ${name}`);
    };
    await tabTo(/^API key/);
    await page.keyboard.type(dashboard.key);
    await press('Enter');
    await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    await press('?');
    await page.getByRole('dialog').getByText('This list').waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await press('n');
    await page.getByRole('heading', { name: 'New campaign' }).waitFor();
    await tabTo(/^Name/);
    await page.keyboard.type('By keyboard');
    await tabTo(/^Seeds/);
    await page.keyboard.type(site.seedUrl);
    await tabTo(/^Create the campaign/);
    await press('Enter');
    await page.getByRole('heading', { name: 'By keyboard' }).waitFor();
    await tabTo(/^Start$/);
    await press('Enter');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await tabTo(/^Stop$/);
    await press('Enter');
    await page.getByText(/Ended as stopped/).waitFor({ timeout: 30_000 });
  });
});

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it('the pages before one is signed in are free of what axe finds wrong', async () => {
    const { page } = await dashboard.browse({ colorScheme });
    const found: string[] = [];
    for (const [address, landmark] of [
      ['/sign-in', 'API key'],
      ['/welcome', 'This link has been used'],
    ] as const) {
      await page.goto(address);
      await page.getByText(landmark).first().waitFor();
      for (const { id, nodes } of await violationsOn(page)) {
        found.push(`${address}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      }
    }
    expect(found).toEqual([]);
  });
});

describe('on a phone', () => {
  it('no page is wider than the screen', { timeout: 60_000 }, async () => {
    const { api, session } = dashboard;
    const site = await session.site({ seed: 6, pages: 20, linksPerPage: 3, plant: { notFound: 2 } });
    const id = await createCampaign('A campaign with quite a long name, as they have them', site.seedUrl);
    const { execution } = await api.call('startCampaign', { params: { id }, body: {} });
    await until('the crawl ended', async () => {
      return (await api.call('getExecution', { params: { id: execution.id } })).status === 'completed';
    });
    const { items } = await api.call('listPages', { params: { id: execution.id }, query: { limit: '1' } });
    const schedule = await api.call('createSchedule', {
      params: { id },
      body: { name: 'Every night', cron: '0 3 * * *' },
    });
    const { page } = await dashboard.signedIn();
    await page.setViewportSize({ width: 360, height: 740 });
    const wide: string[] = [];
    for (const address of [
      ...['/campaigns', '/campaigns/new', '/schedules', `/schedules/${schedule.id}`, '/fleet'],
      ...['', '/plan', '/edit', '/schedules'].map((tab) => `/campaigns/${id}${tab}`),
      ...['', '/urls', '/discovered', '/errors', '/explain', `/urls/${items[0]?.urlKey}`].map(
        (tab) => `/executions/${execution.id}${tab}`,
      ),
      ...['/settings', '/settings?part=quotas', '/settings?part=audit'],
    ]) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForTimeout(250);
      const width: number = await page.evaluate('document.documentElement.scrollWidth');
      if (width > 360) wide.push(`${address}: ${width}`);
    }
    expect(wide).toEqual([]);
  });
});
