import type { SkipReason } from '../execution/skip-reasons.js';
import { type AskedRule, URL_RULES, type UrlRule } from './ask-rules.js';

/** What an execution wrote down about a URL. */
export interface RecordedDecision {
  readonly skipReason: SkipReason | null;
  readonly skipRule: string | null;
  /** It waits or waited on the frontier: the rules that are asked when a URL is named have let it in. */
  readonly wasQueued: boolean;
  /** It was fetched, or tried: every rule has let it in. */
  readonly wasLetIn: boolean;
}

/** Rules from here on are asked when a URL has its turn; those before, when it is named. */
const ASKED_AT_ITS_TURN = URL_RULES.indexOf('robots');

/**
 * Lays what was decided in an execution over the rules as they answer now; pure. What was recorded is true:
 * a budget that has filled since did not stop a URL that was let in, and a robots.txt that changed since
 * does not undo what its old text stopped. A rule before the one that decided which was not asked says so,
 * instead of stopping what it never saw.
 */
export function overlayRecord(rules: readonly AskedRule[], record: RecordedDecision): AskedRule[] {
  const { skipReason, skipRule } = record;
  const decisive = skipReason === null ? null : ruleOf(skipReason, skipRule);
  const at = decisive === null ? -1 : rules.findIndex(({ rule }) => rule === decisive);
  const passedBefore = countPassed(record, at);
  return rules.map((asked, index) => {
    if (index === at) return { rule: asked.rule, verdict: 'stops', detail: skipRule ?? asked.detail };
    if (index < passedBefore) return asked.verdict === 'passes' ? asked : passed(asked);
    return index < at && asked.verdict === 'stops' ? notAsked(asked) : asked;
  });
}

/** How many rules, of those but the one that decided (`at`, -1 for none), have let the URL in for certain. */
function countPassed({ skipReason, wasQueued, wasLetIn }: RecordedDecision, at: number): number {
  if (wasLetIn) return URL_RULES.length;
  // The hops are counted before any rule is asked.
  if (skipReason === 'redirect_limit') return 0;
  // What ends an execution comes to URLs whose robots.txt nobody asked.
  const before = Math.min(at, ASKED_AT_ITS_TURN);
  return wasQueued ? ASKED_AT_ITS_TURN : Math.max(before, 0);
}

function passed({ rule, verdict, detail }: AskedRule): AskedRule {
  const now = verdict === 'stops' ? `it let the URL in; by now it would say: ${detail}` : detail;
  return { rule, verdict: 'passes', detail: now };
}

function notAsked({ rule, detail }: AskedRule): AskedRule {
  return { rule, verdict: 'unknown', detail: `it was not asked; it would say: ${detail}` };
}

/** The rule that gives this reason; null for a duplicate, which was let in under another spelling. */
function ruleOf(reason: SkipReason, skipRule: string | null): UrlRule | null {
  switch (reason) {
    case 'out_of_scope':
      return 'scope.within';
    case 'excluded_pattern':
      return skipRule?.startsWith('allow') === true ? 'scope.allow' : 'scope.deny';
    case 'depth_limit':
      return 'scope.maxDepth';
    case 'trap':
      return isBudget(skipRule) ? 'traps.budget' : 'traps';
    case 'not_in_list':
    case 'not_in_sitemap':
      return 'mode';
    case 'nofollow':
      return 'nofollow';
    case 'robots_txt':
    case 'robots_unreachable':
      return 'robots';
    case 'page_limit':
    case 'duration_limit':
    case 'byte_limit':
    case 'stopped':
    case 'cancelled':
    case 'execution_failed':
    case 'redirect_limit':
      return 'limits';
    case 'duplicate':
      return null;
  }
}

function isBudget(rule: string | null): boolean {
  return rule !== null && /^traps\.(?:maxPer\w+|maxQueryCombinations|maxHostsPerDomain):/.test(rule);
}
