import type { BackOff, HostRefusal } from '@outrider/db';
import type { HostWatch } from './host-watch.js';

export interface BackOffRefusedContext {
  readonly hosts: HostWatch;
  readonly backOff: (host: string, refusal: HostRefusal) => Promise<BackOff>;
}

export interface Refused {
  /** Milliseconds until the URL may come again. */
  readonly delayMs: number;
  /** Whether it loses an attempt by this. */
  readonly countAttempt: boolean;
}

/** Back-offs in a row after which a refusal is the answer, whatever the host says to other URLs. */
export const PATIENCE = 6;
/**
 * A URL that was refused comes again a little after the others of its host, by this part of the back-off and at most
 * so many milliseconds: so those are asked first, and show whether the host refuses them too.
 */
const LAST = { part: 0.25, mostMs: 15_000 } as const;

/**
 * The host refused a URL (429, 503): every lane leaves it alone, for as long as it asks, or longer with each
 * refusal in a row. A host that refuses whatever it is asked says nothing about this URL, which then loses no
 * attempt.
 */
export async function backOffRefused(
  { host, urlKey }: { readonly host: string; readonly urlKey: string },
  refusal: { readonly askedMs: number | null; readonly reason: string },
  { hosts, backOff }: BackOffRefusedContext,
): Promise<Refused> {
  const { isInARow, isOfUrl } = hosts.refused(host, urlKey);
  const { forMs, level } = await backOff(host, { kind: 'refused', isInARow, ...refusal });
  hosts.leftAlone(host, forMs);
  return {
    delayMs: forMs + Math.min(LAST.mostMs, forMs * LAST.part),
    countAttempt: isOfUrl || level > PATIENCE,
  };
}
