import type { ExecutionEstimate } from '../api/analytics-resources.js';
import { isTerminal } from '../execution/execution-states.js';
import type { WaitingReason } from '../execution/waiting-reasons.js';
import { estimateGrowth, type Growth } from './estimate-growth.js';
import { estimateRate, type Rate } from './estimate-rate.js';
import { PROGRESS_CAVEATS, type ProgressCaveat } from './progress-caveats.js';
import type { ProgressFacts } from './progress-facts.js';

/** What one of the sample stands for, what of it is fetched, and what follows. */
interface Outlook {
  readonly growth: Growth | null;
  readonly rate: Rate | null;
  /** Of what is settled, the share that is fetched or fails, and not skipped. */
  readonly fetchedShare: number;
}

/** URLs that are still to be fetched. */
interface Rest {
  readonly likely: number | null;
  readonly low: number;
  readonly high: number;
}

/** What ends by itself at no time that could be reckoned from the crawl: while it lasts nothing can be said of when the end comes. */
const UNTIMED: ReadonlySet<WaitingReason | null> = new Set<WaitingReason>([
  ...(['quota_executions', 'quota_pages', 'no_worker', 'no_browser_worker', 'host_frozen'] as const),
]);

/**
 * When an execution is likely to end, between which bounds, and why that may be wrong. How many URLs there will be follows from
 * how its frontier has grown, from the previous execution, and from the limits of the scope; how long they take
 * from the rate of late, or from the pace of the slowest host. Pure.
 */
export function estimateProgress(facts: ProgressFacts): ExecutionEstimate {
  if (isTerminal(facts.status)) return ended(facts);
  const outlook = look(facts);
  const rest = capped(facts, restOf(facts, outlook));
  const host = slowestHost(facts, rest);
  const time = timeOf(facts, outlook, rest, host);
  const total = rest.likely === null ? null : facts.done + rest.likely;
  const caveats = caveatsOf(facts, { outlook, rest, time, isHostDecisive: time.isByHost });
  const runsOn =
    (facts.status === 'running' || facts.status === 'queued') && !UNTIMED.has(facts.waitingReason);
  return {
    ...known(facts),
    ratePerSecond: outlook.rate === null ? null : roundTo(outlook.rate.lately * outlook.fetchedShare, 100),
    expectedTotal: total === null ? null : Math.round(total),
    totalRange: { low: Math.round(facts.done + rest.low), high: Math.round(facts.done + rest.high) },
    remainingSeconds: time.likely === null ? null : roundTo(time.likely, 10),
    remainingRange:
      time.low === null ? null : { low: roundTo(time.low, 10), high: roundTo(time.high ?? 0, 10) },
    expectedEndAt:
      time.likely === null || !runsOn
        ? null
        : new Date(Date.parse(facts.asOf) + time.likely * 1_000).toISOString(),
    doneShare: total === null ? null : total === 0 ? 1 : roundTo(facts.done / total, 10_000),
    slowestHost: time.isByHost ? host : null,
    caveats: caveats.map((code) => ({ code, sentence: `${sentenceOf(code)}.` })),
  };
}

function known({
  executionId,
  status,
  waitingReason,
  asOf,
  done,
  pending,
}: ProgressFacts): Pick<
  ExecutionEstimate,
  'executionId' | 'status' | 'waitingReason' | 'asOf' | 'done' | 'pending'
> {
  return { executionId, status, waitingReason, asOf, done, pending };
}

function ended(facts: ProgressFacts): ExecutionEstimate {
  const nothing = { low: 0, high: 0 };
  return {
    ...known(facts),
    ratePerSecond: facts.activeSeconds > 0 ? roundTo(facts.done / facts.activeSeconds, 100) : null,
    expectedTotal: facts.done,
    totalRange: { low: facts.done, high: facts.done },
    remainingSeconds: 0,
    remainingRange: nothing,
    expectedEndAt: null,
    doneShare: 1,
    slowestHost: null,
    caveats: [],
  };
}

function look({ sample, done, pending, activeSeconds }: ProgressFacts): Outlook {
  const skipped = sample.filter(({ isSkipped }) => isSkipped).length;
  const settled = sample.filter(({ settledAt }) => settledAt !== null).length;
  // The counters know how many URLs there are that are not skipped, the sample how many of it are.
  const perSampled =
    sample.length === skipped ? 1 : Math.max(1, (done + pending) / (sample.length - skipped));
  return {
    growth: estimateGrowth(sample, perSampled),
    rate: estimateRate(sample, perSampled, activeSeconds),
    fetchedShare: settled === 0 ? 1 : (settled - skipped) / settled,
  };
}

function restOf({ done, pending, previousTotal }: ProgressFacts, { growth, fetchedShare }: Outlook): Rest {
  const own = growth?.remaining == null ? null : growth.remaining * fetchedShare;
  const low = Math.min(pending, growth === null ? pending : growth.remainingLow * fetchedShare);
  const steady =
    growth?.remainingHigh == null ? Number.POSITIVE_INFINITY : growth.remainingHigh * fetchedShare;
  const before = previousTotal === null || previousTotal < done + low ? null : previousTotal - done;
  if (before === null || previousTotal === null)
    return { likely: own, low, high: Math.max(own ?? 0, steady) };
  // The further it is, the less the previous execution counts.
  const weight = own === null ? 0 : Math.min(1, done / previousTotal);
  const likely = (own ?? 0) * weight + before * (1 - weight);
  return {
    likely,
    low: Math.min(low, likely),
    high: Math.max(likely, own ?? 0, before, own === null ? 0 : steady),
  };
}

/** No more than the page limit leaves. It bounds what nothing else does. */
function capped({ fetched, limits }: ProgressFacts, { likely, low, high }: Rest): Rest {
  const most = Math.max(0, limits.maxPages - fetched);
  // With more known than may be fetched there is no doubt about the number.
  const certain = low >= most ? most : likely;
  return {
    likely: certain === null ? null : Math.min(certain, most),
    low: Math.min(low, most),
    high: Math.min(high, most),
  };
}

type SlowestHost = NonNullable<ExecutionEstimate['slowestHost']>;

/** The paced host that takes longest: its share of the open URLs, and of those that are still to be found. */
function slowestHost({ sample, pending, hosts }: ProgressFacts, { likely }: Rest): SlowestHost | null {
  const open = new Map<string, number>();
  let all = 0;
  for (const { host, settledAt } of sample) {
    if (settledAt !== null) continue;
    all += 1;
    open.set(host, (open.get(host) ?? 0) + 1);
  }
  let slowest: SlowestHost | null = null;
  for (const { host, delayMs, startInMs } of hosts) {
    const share = all === 0 ? 0 : (open.get(host) ?? 0) / all;
    const seconds = (share * (likely ?? pending) * delayMs + startInMs) / 1_000;
    if (seconds > (slowest?.seconds ?? 0)) {
      slowest = { host, pending: Math.round(share * pending), delayMs, seconds: roundTo(seconds, 10) };
    }
  }
  return slowest;
}

interface RemainingTime {
  readonly likely: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly isByHost: boolean;
  readonly isByDuration: boolean;
}

/** A host is the slowest only when it takes this much longer than all together do at their rate. */
const DECISIVE = 1.05;

function timeOf(
  { activeSeconds, limits }: ProgressFacts,
  { rate, fetchedShare }: Outlook,
  rest: Rest,
  host: SlowestHost | null,
): RemainingTime {
  const left = Math.max(0, limits.maxDurationSeconds - activeSeconds);
  if (rate === null || rate.lately === 0) {
    if (host === null) return { likely: null, low: null, high: null, isByHost: false, isByDuration: false };
    return { likely: Math.min(left, host.seconds), low: 0, high: left, isByHost: true, isByDuration: false };
  }
  const share = Math.max(0.01, fetchedShare);
  const atRate = (pages: number, perSecond: number): number => pages / (Math.max(perSecond, 1e-9) * share);
  const byRate = rest.likely === null ? null : atRate(rest.likely, rate.lately);
  const isByHost = host !== null && host.seconds > DECISIVE * (byRate ?? atRate(rest.low, rate.lately));
  const byHost = isByHost ? host.seconds : 0;
  const wanted = byRate === null ? null : Math.max(byRate, byHost);
  // The host's share of fewer or more pages takes that much less or more.
  const hostFor = (pages: number): number => (byHost * pages) / Math.max(1, rest.likely ?? pages);
  return {
    likely: wanted === null ? null : Math.min(left, wanted),
    low: Math.min(left, Math.max(atRate(rest.low, rate.high), hostFor(rest.low))),
    high: Math.min(left, Math.max(atRate(rest.high, rate.low), hostFor(rest.high))),
    isByHost,
    isByDuration: wanted !== null && wanted >= left,
  };
}

/** Bytes so close to their limit that it may come before the end of the URLs. */
const NEAR_BYTES = 0.5;
const STILL_GROWING = 0.05;
const UNSTEADY = 2;

function caveatsOf(
  facts: ProgressFacts,
  {
    outlook: { growth, rate },
    rest,
    time,
    isHostDecisive,
  }: {
    readonly outlook: Outlook;
    readonly rest: Rest;
    readonly time: RemainingTime;
    readonly isHostDecisive: boolean;
  },
): ProgressCaveat[] {
  const { status, limits, fetched, wireBytes, previousTotal } = facts;
  const isPast = rest.likely !== null && fetched + rest.likely >= limits.maxPages;
  const applies: Record<ProgressCaveat, boolean> = {
    not_started: status === 'queued',
    just_started: status !== 'queued' && growth === null,
    no_end_in_sight: growth !== null && growth.remaining === null && !isPast,
    still_growing:
      growth !== null && growth.remaining !== null && growth.newPerSettled > STILL_GROWING && !isPast,
    previous_execution:
      previousTotal !== null && rest.likely !== null && facts.done < previousTotal && !isPast,
    sitemaps_pending: facts.hasOpenSitemaps,
    page_limit: isPast && (rest.likely ?? 0) > 0,
    duration_limit: time.isByDuration,
    byte_limit: limits.maxBytes > 0 && wireBytes > NEAR_BYTES * limits.maxBytes,
    slowest_host: isHostDecisive,
    waiting: status === 'running' && facts.waitingReason !== null,
    paused: status === 'paused' || status === 'pausing',
    ending: status === 'stopping',
    unsteady: growth !== null && rate !== null && rate.high > UNSTEADY * Math.max(rate.low, 1e-9),
  };
  return (Object.keys(applies) as ProgressCaveat[]).filter((code) => applies[code]);
}

function sentenceOf(code: ProgressCaveat): string {
  const text = PROGRESS_CAVEATS[code];
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function roundTo(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
