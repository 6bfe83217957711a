import type { BackOffCause } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** What made a lane leave a host alone. */
export type HostRefusal =
  /** It answered 429 or 503. */
  | {
      readonly kind: 'refused';
      /** What its Retry-After asked for; null without one. */
      readonly askedMs: number | null;
      /** False when it has answered other URLs since it was last left alone. */
      readonly isInARow: boolean;
      readonly reason: string;
    }
  /** It asked for a pause with another answer, which says nothing about its load. */
  | { readonly kind: 'asked'; readonly forMs: number; readonly reason: string }
  /** Its robots.txt could not be read. */
  | { readonly kind: 'robots_unreachable'; readonly forMs: number; readonly reason: string };

/** Where a host stands with its back-offs. */
export interface BackOffState {
  /** How many refusals in a row, those during a back-off not counted; one not in a row takes one of them back. */
  readonly level: number;
  /** Milliseconds that a back-off still lasts; negative since it is over. */
  readonly leftMs: number;
}

export interface BackOff {
  readonly cause: BackOffCause;
  readonly level: number;
  /** Milliseconds from now. */
  readonly forMs: number;
}

/** A host that was calm for so long starts anew. */
const CALM_MS = 30 * 60_000;
const LONGEST_MS = 3_600_000;
/** A host's own word is taken this often in a row, however short the wait it asks for. */
const TAKEN_AT_ITS_WORD = 2;
const MOST = 10;

/**
 * How long a host is left alone after one more refusal: `firstMs`, doubling with each refusal in a row up to
 * an hour, or as long as its Retry-After asks. A host that refuses again after the waits it asked for is left
 * alone for longer than it asks. Refusals during a back-off come from fetches that were under way: they make
 * no new step. A host that has answered other URLs since its last back-off (`isInARow` false) takes a step back:
 * a few pages that always refuse must not keep all others waiting for hours. Thirty minutes of calm after a
 * back-off forget everything. Pure.
 */
export function nextBackOff(
  state: BackOffState,
  askedMs: number | null,
  firstMs: number,
  isInARow = true,
): BackOff {
  const inForce = state.leftMs > 0;
  const before = state.leftMs < -CALM_MS ? 0 : state.level;
  const step = isInARow ? 1 : -1;
  const level = Math.min(MOST, Math.max(1, inForce ? before : before + step));
  const cause = askedMs === null ? 'back_off' : 'retry_after';
  const steps = askedMs === null ? level : level - TAKEN_AT_ITS_WORD;
  const doubled = steps < 1 ? 0 : firstMs * 2 ** (steps - 1);
  const left = inForce ? state.leftMs : 0;
  return { cause, level, forMs: Math.max(left, Math.min(LONGEST_MS, Math.max(askedMs ?? 0, doubled))) };
}

/**
 * Keeps every lane of every campaign away from a host. Returns what is in force now. `firstMs`: the first
 * back-off of a host that names no wait of its own, in milliseconds.
 */
export async function backOffHost(
  tx: Tx,
  host: string,
  refusal: HostRefusal,
  firstMs: number,
): Promise<BackOff> {
  const [, [row]] = await Promise.all([
    tx.sql`insert into crawl_hosts (host) values (${host}) on conflict do nothing`,
    tx.sql<{ level: number; left_ms: number }[]>`
      select backoff_level as level,
        case when backoff_until = '-infinity' then -1e12
          else extract(epoch from backoff_until - clock_timestamp()) * 1000 end::float8 as left_ms
      from crawl_hosts where host = ${host} for update`,
  ]);
  const state = { level: row?.level ?? 0, leftMs: row?.left_ms ?? Number.NEGATIVE_INFINITY };
  const next = backOffOf(refusal, state, firstMs);
  await writeBackOffs(tx, [{ host, reason: refusal.reason, ...next }]);
  return next;
}

function backOffOf(refusal: HostRefusal, state: BackOffState, firstMs: number): BackOff {
  switch (refusal.kind) {
    case 'refused':
      return nextBackOff(state, refusal.askedMs, firstMs, refusal.isInARow);
    case 'asked':
      return {
        cause: 'retry_after',
        level: state.level,
        forMs: Math.max(0, refusal.forMs, state.leftMs),
      };
    case 'robots_unreachable':
      return {
        cause: 'robots_unreachable',
        level: state.level,
        forMs: Math.max(refusal.forMs, state.leftMs),
      };
  }
}

/** Writes back-offs of hosts whose rows the transaction has locked. One that ends later than these stays. */
export async function writeBackOffs(
  tx: Tx,
  backOffs: readonly (BackOff & { readonly host: string; readonly reason: string })[],
): Promise<void> {
  if (backOffs.length === 0) return;
  await tx.sql`
    update crawl_hosts
    set backoff_until = greatest(backoff_until, clock_timestamp() + next.for_ms * interval '1 millisecond'),
      backoff_level = next.level, backoff_cause = next.cause, backoff_reason = next.reason
    from unnest(${backOffs.map(({ host }) => host)}::text[], ${backOffs.map(({ forMs }) => forMs)}::float8[],
      ${backOffs.map(({ level }) => level)}::smallint[], ${backOffs.map(({ cause }) => cause)}::text[],
      ${backOffs.map(({ reason }) => reason)}::text[]) as next (host, for_ms, level, cause, reason)
    where crawl_hosts.host = next.host`;
}
