import type { EndState, ExecutionProgress, Recount } from '@outrider/db';
import type { EndReason, SkipReason } from '@outrider/shared';

/** How an execution ends: its last state, why, and as what its pending URLs are settled. */
export interface EndDecision {
  readonly to: EndState;
  readonly endReason: EndReason;
  /** Null when nothing can be pending. */
  readonly settle: { readonly reason: SkipReason; readonly rule: string } | null;
  /** Something is still leased to a worker that does not answer, and is not waited for. */
  readonly recall?: boolean;
}

/**
 * Whether an execution is over, and how; null while it is not. It is not while a URL is leased: lanes
 * finish what they have in flight, also when a limit is reached or a stop was asked for. Pure.
 */
export function decideEnd(progress: ExecutionProgress): EndDecision | null {
  if (progress.status === 'stopping') return orderedEnd(progress);
  if (progress.hasLeased) return null;
  if (!progress.hasPending) return { to: 'completed', endReason: 'frontier_exhausted', settle: null };
  if (progress.fetched >= progress.maxPages) {
    const rule = `maxPages: ${progress.maxPages}`;
    return { to: 'completed', endReason: 'page_limit', settle: { reason: 'page_limit', rule } };
  }
  if (progress.maxBytes > 0 && progress.wireBytes >= progress.maxBytes) {
    const rule = `maxBytes: ${progress.maxBytes}`;
    return { to: 'completed', endReason: 'byte_limit', settle: { reason: 'byte_limit', rule } };
  }
  if (progress.pastDeadline) {
    const settle = { reason: 'duration_limit', rule: 'maxDurationSeconds have passed' } as const;
    return { to: 'completed', endReason: 'duration_limit', settle };
  }
  return null;
}

/** A stop or cancel waits for what is in flight, though for no longer than workers have to cut it off. */
function orderedEnd(progress: ExecutionProgress): EndDecision | null {
  if (progress.hasLeased && !progress.pastCut) return null;
  const recall = progress.hasLeased;
  if (progress.desired === 'cancel') {
    const settle = { reason: 'cancelled', rule: 'the execution was cancelled' } as const;
    return { to: 'cancelled', endReason: 'cancelled_by_user', settle, recall };
  }
  if (progress.cause === 'error_rate') {
    const settle = { reason: 'stopped', rule: 'limits.errorRate: too many URLs failed' } as const;
    return { to: 'stopped', endReason: 'error_rate', settle, recall };
  }
  const settle = { reason: 'stopped', rule: 'the execution was stopped' } as const;
  return { to: 'stopped', endReason: 'stopped_by_user', settle, recall };
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
