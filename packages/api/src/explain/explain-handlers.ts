import {
  listSitemapMentions,
  readExecutionDetail,
  readRobotsAt,
  readRuleFacts,
  readTakenBudgets,
  readUrlHistory,
  type Tx,
  type UrlHistory,
} from '@outrider/db';
import {
  type AskedRule,
  askRules,
  type CampaignConfig,
  createTrapGuard,
  createUrlIdentity,
  createUrlScope,
  decidingRule,
  normalizeUrl,
  OutriderError,
  overlayRecord,
  urlKey,
} from '@outrider/shared';
import type { Handlers } from '../app/route-request.js';
import { knownRobots, readRobotsRules } from '../plan/known-robots.js';
import { attemptLog } from './attempt-log.js';
import { explainSentence, outcomeOf } from './explain-sentence.js';

/** Why a URL was fetched, skipped, failed, or never seen. */
export const explainHandlers = {
  explainUrl: async (request) => {
    const { url: askedUrl } = request.query;
    const executionId = request.params.id;
    const body = await request.read(async (tx) => {
      const { config, status } = await readExecutionDetail(tx, executionId);
      const url = createUrlIdentity(config.scope)(normalized(askedUrl));
      const key = urlKey(url);
      const history = await readUrlHistory(tx, executionId, key);
      const rules = await rulesOf(tx, executionId, config, url, history);
      const decisive = decidingRule(rules);
      const { discovery, path, attempts, failureCode, statusCode, fetchedAt, errors } = history;
      return {
        executionId,
        askedUrl,
        url,
        urlKey: key,
        outcome: outcomeOf(history),
        sentence: explainSentence(url, history, status, decisive),
        discovery,
        sitemaps: await listSitemapMentions(tx, executionId, key),
        path: [...path],
        rules,
        decidedBy: decisive?.rule ?? null,
        attempts,
        attemptLog: attemptLog(history),
        failureCode,
        statusCode,
        fetchedAt,
        errors: [...errors],
      };
    });
    return { body };
  },
} as const satisfies Partial<Handlers>;

/** Every rule with what it said of the URL, by the execution's own configuration. */
async function rulesOf(
  tx: Tx,
  executionId: string,
  config: CampaignConfig,
  url: string,
  history: UrlHistory,
): Promise<AskedRule[]> {
  const { discovery } = history;
  const facts = await readRuleFacts(tx, executionId, config.scope.within);
  const traps = createTrapGuard(config.traps, config.scope.within, facts.scopeHosts);
  const budgets = traps.budgetsOf(url);
  const taken = await readTakenBudgets(tx, executionId, budgets);
  const told = await readRobotsAt(tx, executionId, new URL(url).origin, history.decidedAt);
  const hash = told?.bodyHash ?? null;
  const robots = knownRobots(told, await readRobotsRules(tx, hash === null ? [] : [hash]));
  const byPattern = new Map([...taken].map(([{ pattern }, used]) => [pattern, used]));
  const asked = askRules(
    { url, depth: discovery?.urlDepth ?? null, isSeed: history.isSeed },
    {
      config,
      scope: createUrlScope(config.scope, facts.scopeHosts, facts.seedFolders),
      traps,
      takenOf: ({ pattern }) => byPattern.get(pattern) ?? null,
      closedPatterns: new Set(facts.closedPatterns),
      robots,
    },
  );
  const outcome = outcomeOf(history);
  return overlayRecord(asked, {
    skipReason: discovery?.skipReason ?? null,
    skipRule: discovery?.skipRule ?? null,
    wasQueued: discovery !== null && (discovery.shouldCrawl || discovery.state === 'skipped'),
    wasLetIn: outcome === 'fetched' || outcome === 'failed',
  });
}

/** The spelling under which the crawler would know it. Throws `invalid_url` and its kin. */
function normalized(askedUrl: string): string {
  const result = normalizeUrl(askedUrl);
  if (!result.ok)
    throw new OutriderError(result.problem, 'Ask for a complete URL, such as https://example.org/page.');
  return result.url;
}
