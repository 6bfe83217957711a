// What the dashboard shows only at some moments, brought about for a picture of it.

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').BrowserContext} BrowserContext
 * @typedef {object} Moment
 * @property {BrowserContext} context signed in
 * @property {Page} page of it
 * @property {BrowserContext} other signed in with another key
 * @property {string} campaignId of a campaign at rest
 * @property {string} runningId of a campaign that runs
 * @property {(title: string) => Promise<void>} take
 */

const API = '**/api/crawler/**';

/**
 * Takes the pictures of one look of the page. What is asked for meanwhile is discarded at the end.
 * @param {Moment} moment
 */
export async function takeStates(moment) {
  await takeViewers(moment);
  await takeAccount(moment);
  await takeCut(moment);
  await takeChanges(moment);
}

/** @param {Moment} moment */
async function takeViewers({ page, other, runningId, take }) {
  const second = await other.newPage();
  await second.goto(`/campaigns/${runningId}`);
  await second.getByText('Activity').first().waitFor();
  await page.goto(`/campaigns/${runningId}`);
  await page.getByText(/^Also looking/).waitFor();
  await take('viewers');
  await second.close();
}

/** @param {Moment} moment */
async function takeAccount({ page, take }) {
  await page.getByRole('button', { name: /^Signed in with/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
  await take('account');
  await page.keyboard.press('Escape');
}

/** @param {Moment} moment */
async function takeCut({ context, page, runningId, take }) {
  await page.goto(`/campaigns/${runningId}`);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await context.setOffline(true);
  await page.getByRole('status').filter({ hasText: 'Offline' }).waitFor({ timeout: 60_000 });
  await take('offline');
  await context.setOffline(false);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
}

/** @param {Moment} moment */
async function takeChanges({ context, page, campaignId, take }) {
  await page.goto(`/campaigns/${campaignId}/edit`);
  let isCut = true;
  await page.route(API, (route) =>
    isCut && route.request().method() !== 'GET' ? route.abort('internetdisconnected') : route.continue(),
  );
  await page.getByLabel('Pages at most').fill('40000');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Kept for later').waitFor();
  await take('change-kept');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Changes: 2 waiting' }).click();
  await page.getByRole('dialog').getByText('Start Handbook').waitFor();
  await take('changes-waiting');
  // Meanwhile somebody else has changed the campaign.
  const { origin } = new URL(page.url());
  await context.request.patch(`${origin}/api/crawler/campaigns/${campaignId}`, {
    headers: { origin },
    data: { scope: { maxPages: 50_000 + Math.floor(Math.random() * 1_000) } },
  });
  isCut = false;
  await page.getByRole('dialog').getByText('The platform did not take it').waitFor();
  await take('changes-refused');
  for (let left = 2; left > 0; left -= 1) {
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).last().click();
  }
  await page.unroute(API);
}
