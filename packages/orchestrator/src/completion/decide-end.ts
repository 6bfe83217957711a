import type { EndState, ExecutionProgress, Recount } from '@outrider/db';
import type { EndReason, SkipReason } from '@outrider/shared';

/** How an execution ends: its last state, why, and as what its pending URLs are settled. */
export interface EndDecision {
  readonly to: EndState;
  readonly endReason: EndReason;
  /** Null when nothing can be pending. */
  readonly settle: { readonly reason: SkipReason; readonly rule: string } | null;
}

/**
 * Whether an execution is over, and how; null while it is not. It never is while a URL is leased: lanes
 * finish what they have in flight, also when a limit is reached or a stop was asked for. Pure.
 */
export function decideEnd(progress: ExecutionProgress): EndDecision | null {
  if (progress.hasLeased) return null;
  if (progress.status === 'stopping') {
    return {
      to: 'stopped',
      endReason: 'stopped_by_user',
      settle: { reason: 'stopped', rule: 'the execution was stopped' },
    };
  }
  if (!progress.hasPending) return { to: 'completed', endReason: 'frontier_exhausted', settle: null };
  if (progress.fetched >= progress.maxPages) {
    const rule = `maxPages: ${progress.maxPages}`;
    return { to: 'completed', endReason: 'page_limit', settle: { reason: 'page_limit', rule } };
  }
  if (progress.pastDeadline) {
    const settle = { reason: 'duration_limit', rule: 'maxDurationSeconds have passed' } as const;
    return { to: 'completed', endReason: 'duration_limit', settle };
  }
  return null;
}

/**
 * Turns an exhausted frontier into a failure when it gave nothing: every URL on it could not be fetched,
 * or stands behind a robots.txt that could not be read. Pure.
 */
export function judgeOutcome(decision: EndDecision, recount: Recount): EndDecision {
  const { receipt, targetsSkipped } = recount;
  if (decision.endReason !== 'frontier_exhausted' || receipt.fetched > 0) return decision;
  if (receipt.failed > 0) return { ...decision, to: 'failed', endReason: 'no_usable_seed' };
  const unreachable = receipt.skippedByReason.robots_unreachable ?? 0;
  if (unreachable > 0 && unreachable === targetsSkipped) {
    return { ...decision, to: 'failed', endReason: 'robots_unreachable' };
  }
  return decision;
}
