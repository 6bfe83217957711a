/** Which campaign has new events. */
export interface BellRing {
  readonly tenantId: string;
  readonly campaignId: string;
}

/** The channel of NOTIFY on which transactions tell that they wrote events. */
export const EVENT_BELL = 'outrider_events';

const RING = /^([0-9a-f-]{36}) ([0-9a-f-]{36})$/;

/** What a bell says, or null for what is none: it was rung by somebody else, or only says to look everywhere. */
export function readRing(payload: string): BellRing | null {
  const [, tenantId, campaignId] = RING.exec(payload) ?? [];
  return tenantId === undefined || campaignId === undefined ? null : { tenantId, campaignId };
}
