import type { Oracle } from '@outrider/oracle';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../end-to-end/outrider-program.js';
import { startDashboard, type TestDashboard, violationsOn } from './start-dashboard.js';

/** One platform and one site for all of these: they are about the pages. */
let dashboard: TestDashboard;
let site: Oracle;
let campaignId: string;
const executionIds: string[] = [];
let scheduleId: string;

async function run(id: string): Promise<string> {
  const { api } = dashboard;
  const { execution } = await api.call('startCampaign', { params: { id }, body: {} });
  await until('the crawl ended', async () => {
    const { status } = await api.call('getExecution', { params: { id: execution.id } });
    return status === 'completed';
  });
  return execution.id;
}

const html = (title: string): { headers: Record<string, string>; body: string } => ({
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html lang="en"><head><title>${title}</title></head><body><p>${title}</p></body></html>`,
});

beforeAll(async () => {
  dashboard = await startDashboard();
  const { api, session } = dashboard;
  site = await session.site({
    ...{ seed: 21, pages: 12, linksPerPage: 3 },
    plant: { notFound: 2, customPaths: ['/renamed', '/vanishing'] },
  });
  site.set('/renamed', html('Before'));
  site.set('/vanishing', html('Here'));
  const created = await api.call('createCampaign', { body: { name: 'Compared', seeds: [site.seedUrl] } });
  campaignId = created.id;
  executionIds.push(await run(campaignId));
  site.set('/renamed', html('After'));
  site.set('/vanishing', { status: 404, body: '' });
  executionIds.push(await run(campaignId));
  const other = await api.call('createCampaign', { body: { name: 'Other', seeds: [site.seedUrl] } });
  await run(other.id);
  const schedule = { name: 'Every night', cron: '0 3 * * *' };
  scheduleId = (await api.call('createSchedule', { params: { id: campaignId }, body: schedule })).id;
}, 300_000);
afterAll(() => dashboard?.close());

it('the list shows how the last executions went and the next tick, in one request whatever their number', async () => {
  const { page, complaints } = await dashboard.signedIn();
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/api/crawler/')) asked.push(new URL(request.url()).pathname);
  });
  await page.goto('/campaigns');
  const row = page.getByRole('row', { name: /Compared/ });
  await row.getByRole('img', { name: /^Pages of each execution from #1 on: \d+, \d+$/ }).waitFor();
  await row.getByText(/^in \d+ \w+$/).waitFor();
  expect(asked.filter((path) => /schedules|executions/.test(path))).toEqual([]);
  expect(complaints).toEqual([]);
});

describe('comparing', () => {
  it('campaigns are chosen in the list, and their comparison has an address', async () => {
    const { page } = await dashboard.signedIn();
    await page.goto('/campaigns');
    await page.getByRole('checkbox', { name: 'Compare Compared' }).check();
    await page.getByRole('checkbox', { name: 'Compare Other' }).check();
    await page.getByRole('link', { name: 'Compare 2' }).click();
    const figures = page.getByRole('region', { name: 'Figures of the campaigns' });
    await figures.getByRole('columnheader', { name: 'Other' }).waitFor();
    await figures.getByRole('rowheader', { name: 'Pages crawled' }).waitFor();
    expect(new URL(page.url()).searchParams.get('ids')?.split(',')).toHaveLength(2);
    await page.reload();
    await figures.getByRole('columnheader', { name: 'Other' }).waitFor();
  });

  it('a campaign that is not shown any more is not compared', async () => {
    const { api } = dashboard;
    const { id } = await api.call('createCampaign', { body: { name: 'Passing', seeds: [site.seedUrl] } });
    const { page } = await dashboard.signedIn();
    await page.goto('/campaigns');
    for (const name of ['Compared', 'Other', 'Passing']) {
      await page.getByRole('checkbox', { name: `Compare ${name}` }).check();
    }
    await page.getByRole('link', { name: 'Compare 3' }).waitFor();
    await api.call('deleteCampaign', { params: { id } });
    await page.getByRole('button', { name: 'Read it anew' }).click();
    await page.getByRole('link', { name: 'Compare 2' }).waitFor();
    await page.getByRole('searchbox', { name: 'Find by name' }).fill('Other');
    await page.getByRole('link', { name: /^Compare \d/ }).waitFor({ state: 'detached' });
    await api.call('restoreCampaign', { params: { id } });
  });

  it('two executions side by side lead to the pages that changed, and those to the page', async () => {
    const { page, complaints } = await dashboard.signedIn();
    await page.goto(`/campaigns/${campaignId}`);
    await page.getByRole('link', { name: 'Compare', exact: true }).click();
    const figures = page.getByRole('region', { name: 'Figures of the executions' });
    await figures.getByRole('rowheader', { name: '4xx' }).waitFor();
    await figures.getByText(/^\+1/).first().waitFor();
    await page.getByRole('link', { name: 'Pages that changed from #1 to #2' }).click();
    const changes = page.getByRole('table', { name: 'Changed pages' });
    await changes.getByText('title “Before” → “After”').first().waitFor();
    await changes.getByText(/status 200 → 404/).waitFor();
    await page.getByRole('textbox', { name: 'Any field' }).click();
    await page.getByRole('option', { name: 'status' }).click();
    await page.getByText('1 shown').waitFor();
    await changes.getByRole('link', { name: /vanishing/ }).click();
    await page.getByRole('heading', { name: 'The answer' }).waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('the configuration', () => {
  it('every setting can be changed, tried out, saved as a revision and compared with the one before', async () => {
    const { page, complaints } = await dashboard.signedIn();
    await page.goto(`/campaigns/${campaignId}/edit`);
    await page.getByRole('button', { name: /^Guards against/ }).click();
    await page.getByLabel('Path segments at most').fill('7');
    await page.getByRole('button', { name: /^Politeness/ }).click();
    await page.getByLabel('Further request headers').fill('Host: elsewhere');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('this header is set by the crawler').waitFor();
    await page.getByLabel('Further request headers').fill('X-Team: search');
    await page.getByRole('button', { name: /^Scope: / }).click();
    await page.getByLabel('No URLs that match').fill('.');
    await page.getByRole('button', { name: 'Preview the plan' }).click();
    await page.getByRole('dialog').getByRole('region', { name: 'Planned URLs' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('No URLs that match').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved as revision 2').waitFor();
    const changes = page.getByRole('region', { name: 'What changed between the revisions' });
    await changes.getByRole('row', { name: /Path segments at most.* 20 7$/ }).waitFor();
    await changes.getByText('search').waitFor();
    const { config } = await dashboard.api.call('getCampaign', { params: { id: campaignId } });
    expect([config.traps.maxPathSegments, config.fetch.headers]).toEqual([7, { 'X-Team': 'search' }]);
    expect(complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
  });

  it('what was entered stays when somebody else saves, and replaces theirs only if one says so', async () => {
    const { api } = dashboard;
    const body = { name: 'Shared', seeds: [site.seedUrl] };
    const { id, configRevision } = await api.call('createCampaign', { body });
    const { page } = await dashboard.signedIn();
    const saveElsewhere = async (maxPages: number) => {
      await api.call('updateCampaign', { params: { id }, body: { scope: { maxPages } } });
      await page.getByRole('button', { name: 'Read it anew' }).click();
    };
    await page.goto(`/campaigns/${id}/edit`);
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('Mine');
    await saveElsewhere(111);
    const meanwhile = page.getByRole('alert').filter({ hasText: 'Changed meanwhile' });
    await meanwhile.getByText(`Changed meanwhile: revision ${configRevision + 1}`).waitFor();
    expect(await name.inputValue()).toBe('Mine');
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await meanwhile.getByRole('button', { name: 'Save mine over it' }).click();
    await page.getByText(`Saved as revision ${configRevision + 2}`).waitFor();
    await meanwhile.waitFor({ state: 'detached' });
    const saved = await api.call('getCampaign', { params: { id } });
    expect(saved.name).toBe('Mine');
    expect(saved.config.scope.maxPages).not.toBe(111);

    await name.fill('Not wanted');
    await saveElsewhere(222);
    await meanwhile.getByRole('button', { name: `Load revision ${configRevision + 3}` }).click();
    await meanwhile.waitFor({ state: 'detached' });
    expect(await name.inputValue()).toBe('Mine');
    expect(await page.getByLabel('Pages at most').inputValue()).toBe('222');
  });

  it('seeds are added, and taken out again', async () => {
    const { page } = await dashboard.signedIn();
    await page.goto(`/campaigns/${campaignId}/edit`);
    await page.getByRole('button', { name: 'Add seeds' }).click();
    const added = new URL('/page/3', site.seedUrl).href;
    await page.getByLabel('Addresses').fill(`${added}\n\nnonsense`);
    await page.getByRole('button', { name: 'Add them' }).click();
    await page.getByText(/^Line 3, nonsense: /).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: `Take out ${added}` }).click();
    await page.getByText('is no seed any more').waitFor();
    const { seedCount } = await dashboard.api.call('getCampaign', { params: { id: campaignId } });
    expect(seedCount).toBe(1);
  });
});

describe('what was deleted', () => {
  it('a campaign comes back at once, or later from the list of deleted ones', async () => {
    const { api } = dashboard;
    const { id } = await api.call('createCampaign', { body: { name: 'Short-lived', seeds: [site.seedUrl] } });
    const { page } = await dashboard.signedIn();
    await page.goto(`/campaigns/${id}/edit`);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Short-lived is back').waitFor();
    expect((await api.call('getCampaign', { params: { id } })).name).toBe('Short-lived');

    await page.goto(`/campaigns/${id}/edit`);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await page.goto('/campaigns');
    await page.getByText('Other').first().waitFor();
    expect(await page.getByRole('link', { name: 'Short-lived' }).count()).toBe(0);
    await page.getByText('Deleted', { exact: true }).click();
    await page.getByRole('button', { name: 'Restore Short-lived' }).click();
    await page.getByText('Nothing can be restored').waitFor();
    expect((await api.call('getCampaign', { params: { id } })).name).toBe('Short-lived');
  });

  it('a schedule comes back, too', async () => {
    const { page } = await dashboard.signedIn();
    const schedule = { name: 'Hourly', cron: '0 * * * *' };
    const params = { id: campaignId };
    const { id } = await dashboard.api.call('createSchedule', { params, body: schedule });
    await page.goto(`/schedules/${id}`);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Restore Hourly' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Hourly is back').waitFor();
    expect((await dashboard.api.call('getSchedule', { params: { id } })).name).toBe('Hourly');
    await dashboard.api.call('deleteSchedule', { params: { id } });
  });
});

it('the calendar shows what a schedule did and what it will do, each tick leading on', async () => {
  const { page, complaints } = await dashboard.signedIn();
  const tick = await dashboard.api.call('runSchedule', { params: { id: scheduleId } });
  expect(tick.outcome).toBe('started');
  await page.goto('/schedules?zone=UTC');
  const today = page.getByRole('cell', { name: /today/ });
  await today.getByRole('link', { name: /Every night/ }).waitFor();
  await page.getByRole('button', { name: 'Later' }).click();
  await page.getByText('Week', { exact: true }).click();
  await page
    .getByRole('link', { name: /^03:00 Every night of Compared: planned/ })
    .first()
    .click();
  await page.getByRole('heading', { name: 'Ledger' }).waitFor();
  await page.goto('/schedules?view=week&zone=UTC');
  await page.getByRole('link', { name: /Every night of Compared: started, asked for by hand/ }).click();
  await page.getByRole('heading', { name: /^Execution #\d+$/ }).waitFor();
  expect(complaints).toEqual([]);
});

// Contrast depends on the theme alone, and what is too wide on the width alone.
describe.each([
  ['light', 1_280],
  ['dark', 320],
] as const)('in the %s theme, %i pixels wide', (colorScheme, width) => {
  it('these pages are free of what axe finds wrong, and fit', { timeout: 60_000 }, async () => {
    const { page, complaints } = await dashboard.signedIn({ colorScheme });
    const [first, second] = executionIds;
    const addresses = [
      ['/campaigns', 'Compared'],
      ['/campaigns?deleted=true', 'Nothing can be restored'],
      [`/campaigns/${campaignId}/compare`, 'Pages crawled'],
      ['/campaigns/compare', 'Choose two campaigns or more'],
      [`/executions/${second}/changes?since=${first}`, 'shown'],
      [`/campaigns/${campaignId}/edit`, 'Revisions'],
      [`/campaigns/${campaignId}/schedules`, 'Every night'],
      ['/schedules', 'Every night'],
      ['/schedules?view=week', 'Every night'],
      ['/schedules?view=list', 'Every night'],
    ] as const;
    const found: string[] = [];
    await page.setViewportSize({ width, height: 800 });
    for (const [address, landmark] of addresses) {
      await page.goto(address);
      await page.getByText(landmark).first().waitFor();
      for (const { id, nodes } of await violationsOn(page)) {
        found.push(`${address}: ${id}: ${nodes.map(({ html: text }) => text).join(' ')}`);
      }
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      if (Number(overflow) > 0) found.push(`${address}: ${overflow} px too wide`);
      const account = await page.getByRole('button', { name: /^Signed in with/ }).boundingBox();
      if (account === null || account.x + account.width > width)
        found.push(`${address}: the account is cut off`);
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
