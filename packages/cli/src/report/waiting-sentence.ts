import { WAITING_REASONS, type WaitingReason } from '@outrider/shared';

/** The name of a reason to wait and what it means; null for none. */
export function waitingSentence(reason: WaitingReason | null): string | null {
  return reason === null ? null : `${reason}: ${WAITING_REASONS[reason]}`;
}
