import type { StoredSchedule, Tx } from '@outrider/db';
import { OutriderError, type ScheduleConfig, type TickKind } from '@outrider/shared';
import { queueExecution } from '../commands/start-execution.js';

/** What came of a start: the execution and its lanes, or why it was refused. */
export type TickStart =
  | { readonly ok: true; readonly executionId: string; readonly laneIds: readonly string[] }
  | { readonly ok: false; readonly problem: string };

const KIND_WORDS: Readonly<Record<TickKind, string>> = {
  planned: 'tick of',
  manual: 'run now, at',
  backfill: 'backfill of',
};

/**
 * Queues the execution of a tick in the caller's transaction, by the one start command. A refusal (no
 * seeds, an archived campaign) is an answer; anything else is thrown.
 */
export async function startForTick(
  tx: Tx,
  schedule: StoredSchedule & { readonly campaignArchived: boolean },
  tick: { readonly at: number; readonly kind: TickKind },
): Promise<TickStart> {
  if (schedule.campaignArchived) return { ok: false, problem: 'the campaign is archived' };
  const { tenantId, campaignId, config } = schedule;
  try {
    const { execution, laneIds } = await queueExecution(tx, {
      ...{ tenantId, campaignId, executionType: 'scheduled' },
      triggeredBy: triggerOf(config),
      reason: `${KIND_WORDS[tick.kind]} ${new Date(tick.at).toISOString()} (schedule ${schedule.id})`,
      beside: config.overlap === 'allow',
    });
    return { ok: true, executionId: execution.id, laneIds };
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    return { ok: false, problem: `${error.code}: ${error.message}` };
  }
}

/** How the history names a schedule. */
export function triggerOf({ name }: Pick<ScheduleConfig, 'name'>): string {
  return `schedule ${name}`;
}
