import type { ExecutionDetail, WaitingReason } from '@outrider/shared';
import { printable } from '../display/printable.js';

/** What helps where there is no Chromium. */
export const BROWSER_ADVICE =
  'Install Chromium (Debian: apt-get install chromium-headless-shell; elsewhere: npx playwright install chromium-headless-shell) or set CHROMIUM_PATH.';

/**
 * Remarks on what an execution waits for and what only a person can end, each said at once and once for as long
 * as it lasts: on a terminal the progress line would cut it off, and elsewhere nobody waits for the line.
 */
export function createWaitingRemarks(
  note: (line: string) => void,
  programName: string,
): (state: ExecutionDetail) => void {
  let said: WaitingReason | null = null;
  return (state) => {
    const reason = waitsFor(state);
    if (reason === said) return;
    said = reason;
    const remark = reason === null ? null : remarkOn(reason, state, programName);
    if (remark !== null) note(remark);
  };
}

function waitsFor({ waiting, waitingReason }: ExecutionDetail): WaitingReason | null {
  return waiting?.reason === 'no_browser_worker' ? 'no_browser_worker' : waitingReason;
}

function remarkOn(
  reason: WaitingReason,
  { id, orderedBy }: ExecutionDetail,
  programName: string,
): string | null {
  switch (reason) {
    case 'no_browser_worker':
      return `Waiting: no worker has a browser that starts, so no page can be rendered. ${BROWSER_ADVICE} \`${programName} doctor\` says what there is; the crawl goes on by itself once a worker has one.`;
    case 'paused_by':
      return `Paused: ${printable(orderedBy ?? 'by somebody')}. \`${programName} resume ${id}\` lets it go on.`;
    case 'host_frozen':
      return `Waiting: somebody froze the hosts that are left to crawl. \`${programName} hosts\` says who and why, \`${programName} hosts release <host>\` lets it go on.`;
    case 'quota_executions':
      return 'Waiting: as many executions run as the quota allows; it goes on when one of them ends.';
    case 'quota_pages':
      return 'Waiting: as many pages were fetched today as the quota allows; it goes on at midnight (UTC).';
    default:
      return null;
  }
}
