import { plantExecution, plantRobots, settleUrl } from '@outrider/db/testing';
import { explanation, hostOf, type SkipReason, urlKey } from '@outrider/shared';
import { expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';

const api = oneApiPerFile();
type Config = NonNullable<NonNullable<Parameters<typeof plantExecution>[1]>['config']>;

interface Planted {
  readonly url: string;
  readonly method?: 'link' | 'redirect';
  /** Without one it is on the frontier. */
  readonly skip?: readonly [SkipReason, string];
  readonly isSeed?: boolean;
}

/** An execution over this seed with a URL that was found behind it, and what it explains of one of them. */
async function explainIn(seed: string, config: Config, found: Planted | null, asked: string) {
  const { db } = api();
  const { executionId, campaignId } = await plantExecution(db, { seeds: [seed], config });
  if (found !== null) {
    const { url, method = 'link', skip = null, isSeed = false } = found;
    await db.app.withTenant(db.tenantId, async ({ sql }) => {
      await sql`
        insert into url_discovery_log (execution_id, url_hash, tenant_id, campaign_id, discovered_url, host, source_url,
          discovery_method, url_depth, is_internal, should_crawl, skip_reason, skip_rule)
        values (${executionId}, ${urlKey(url)}, ${db.tenantId}, ${campaignId}, ${url}, ${hostOf(url)}, ${seed},
          ${method}, 1, true, ${skip === null}, ${skip?.[0] ?? null}, ${skip?.[1] ?? null})`;
      if (skip !== null) return;
      await sql`
        insert into crawl_targets (execution_id, url_key, tenant_id, url, host, depth, is_seed)
        values (${executionId}, ${urlKey(url)}, ${db.tenantId}, ${url}, ${hostOf(url)}, 1, ${isSeed})`;
    });
  }
  return {
    executionId,
    async explain() {
      const answer = await api().call(
        'GET',
        `/executions/${executionId}/explain?url=${encodeURIComponent(asked)}`,
      );
      const { outcome, decidedBy, rules } = explanation.parse(answer.body);
      return { outcome, decidedBy, rule: (name: string) => rules.find(({ rule }) => rule === name) };
    },
  };
}

it('a URL that waits is not stopped by the budget whose last unit it took', async () => {
  const { db } = api();
  const url = 'https://budget.test/calendar/2031/04';
  const { executionId, explain } = await explainIn(
    'https://budget.test/',
    { traps: { maxPerDatePattern: 1 } },
    { url },
    url,
  );
  const pattern = 'budget.test/calendar/{n}/{n}';
  const key = urlKey(JSON.stringify(['traps.maxPerDatePattern', pattern, null]));
  await db.app.withTenant(
    db.tenantId,
    ({ sql }) => sql`
      insert into trap_budgets (execution_id, tenant_id, budget_key, option, pattern, taken)
      values (${executionId}, ${db.tenantId}, ${key}, 'traps.maxPerDatePattern', ${pattern}, 1)`,
  );
  const { outcome, decidedBy, rule } = await explain();
  expect({ outcome, decidedBy }).toEqual({ outcome: 'pending', decidedBy: null });
  expect(rule('traps.budget')).toMatchObject({
    verdict: 'passes',
    detail: expect.stringContaining('1 of 1 used'),
  });
});

it('where a seed of a list redirects to is asked as that seed', async () => {
  const url = 'https://list.test/new';
  const { explain } = await explainIn(
    'https://list.test/old',
    { mode: 'list' },
    { url, method: 'redirect', isSeed: true },
    url,
  );
  const { outcome, decidedBy, rule } = await explain();
  expect({ outcome, decidedBy }).toEqual({ outcome: 'pending', decidedBy: null });
  expect(rule('mode')).toMatchObject({ verdict: 'passes', detail: 'mode: list' });
});

it('a URL that a limit skipped is not said to have passed its robots.txt', async () => {
  const { db } = api();
  const url = 'https://limit.test/p';
  const { executionId, explain } = await explainIn(url, {}, null, url);
  await plantRobots(db, executionId, 'https://limit.test', 'User-agent: *\nDisallow: /p\n');
  await db.app.withTenant(db.tenantId, (tx) => settleUrl(tx, executionId, url, { skipped: 'page_limit' }));
  const { outcome, decidedBy, rule } = await explain();
  expect({ outcome, decidedBy }).toEqual({ outcome: 'skipped', decidedBy: 'limits' });
  expect(rule('traps.budget')).toMatchObject({ verdict: 'passes' });
  expect(rule('robots')).toMatchObject({
    verdict: 'unknown',
    detail: expect.stringMatching(/^it was not asked; it would say: line 2: Disallow/),
  });
});

it('a redirect past the limit is not said to have been in scope', async () => {
  const url = 'https://far.test/';
  const { explain } = await explainIn(
    'https://near.test/',
    {},
    { url, method: 'redirect', skip: ['redirect_limit', 'fetch.maxRedirects: 10'] },
    url,
  );
  const { decidedBy, rule } = await explain();
  expect(decidedBy).toBe('limits');
  expect(rule('scope.within')).toMatchObject({ verdict: 'unknown' });
});
