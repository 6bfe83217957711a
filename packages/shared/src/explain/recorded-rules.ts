import type { SkipReason } from '../execution/skip-reasons.js';
import type { AskedRule, UrlRule } from './ask-rules.js';

/** What an execution wrote down about a URL. */
export interface RecordedDecision {
  readonly skipReason: SkipReason | null;
  readonly skipRule: string | null;
  /** It was fetched, or tried: every rule has let it in. */
  readonly wasLetIn: boolean;
}

/**
 * Lays what was decided in an execution over the rules as they answer now; pure. What was recorded is true:
 * a budget that has filled since did not stop a URL that was fetched, and a robots.txt that changed since
 * does not undo what its old text stopped.
 */
export function overlayRecord(rules: readonly AskedRule[], record: RecordedDecision): AskedRule[] {
  const { skipReason, skipRule, wasLetIn } = record;
  const decisive = skipReason === null ? null : ruleOf(skipReason, skipRule);
  const at = decisive === null ? rules.length : rules.findIndex(({ rule }) => rule === decisive);
  return rules.map((asked, index) => {
    if (index === at) return { rule: asked.rule, verdict: 'stops', detail: skipRule ?? asked.detail };
    const wasPassed = wasLetIn || (decisive !== null && index < at);
    return wasPassed && asked.verdict !== 'passes' ? passed(asked) : asked;
  });
}

function passed({ rule, verdict, detail }: AskedRule): AskedRule {
  const now = verdict === 'stops' ? `it let the URL in; by now it would say: ${detail}` : detail;
  return { rule, verdict: 'passes', detail: now };
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
