import type { ExecutionProgress } from '@outrider/db';
import type { OperationKind } from '@outrider/shared';

/** An order that a limit of the campaign gives, and why, in words. */
export interface LimitOrder {
  readonly kind: Extract<OperationKind, 'pause' | 'stop'>;
  readonly reason: string;
}

/** Whether so many URLs failed that the campaign wants it paused or stopped; null while they have not. Pure. */
export function judgeErrorRate(progress: ExecutionProgress): LimitOrder | null {
  const { errorRate, judgedPages, judgedErrors, status } = progress;
  if (status !== 'running' || errorRate === null || judgedPages < errorRate.minPages) return null;
  const share = judgedErrors / judgedPages;
  if (share <= errorRate.share) return null;
  const reason = `limits.errorRate: ${judgedErrors} of ${judgedPages} URLs failed, more than a share of ${errorRate.share}`;
  return { kind: errorRate.action, reason };
}

/** Whether a pause that was asked for has come: nothing is in flight, and no worker holds a lane. Pure. */
export function isPaused({ status, hasLeased, hasHeldLane }: ExecutionProgress): boolean {
  return status === 'pausing' && !hasLeased && !hasHeldLane;
}
