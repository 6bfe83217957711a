import type { UrlHistory } from '@outrider/db';
import {
  type AskedRule,
  type DiscoveredUrl,
  type ExecutionState,
  type Explanation,
  isTerminal,
  SKIP_REASONS,
} from '@outrider/shared';

export type Outcome = Explanation['outcome'];

/** What became of a URL; pure. */
export function outcomeOf({ discovery, fetchedAt }: UrlHistory): Outcome {
  if (discovery === null) return 'unknown';
  if (fetchedAt !== null) return 'fetched';
  if (!discovery.shouldCrawl) return 'skipped';
  switch (discovery.state) {
    case 'leased':
      return 'in_flight';
    case 'failed':
    case 'fetched':
    case 'skipped':
      return discovery.state;
    case 'pending':
    case null:
      return 'pending';
  }
}

/** One sentence for a person who asks what became of a URL, and why; pure. `decisive`: the rule that stops it. */
export function explainSentence(
  url: string,
  history: UrlHistory,
  status: ExecutionState,
  decisive: AskedRule | null,
): string {
  const { discovery } = history;
  if (discovery === null) return unknownSentence(url, status, decisive);
  const found = foundSentence(discovery, history.path[0]?.discoveryMethod);
  switch (outcomeOf(history)) {
    case 'unknown':
      return unknownSentence(url, status, decisive);
    case 'fetched':
      return `It was fetched with status ${history.statusCode ?? 'unknown'} ${onAttempt(history.attempts)}; ${found}.`;
    case 'failed':
      return `It gave no usable answer after ${attemptCount(history.attempts)} (${history.failureCode ?? 'no code'}); ${found}.`;
    case 'skipped':
      return skippedSentence(discovery, found);
    case 'in_flight':
      return `It is being fetched at this moment (${ordinal(history.attempts)} attempt); ${found}.`;
    case 'pending':
      return pendingSentence(history, found);
  }
}

function unknownSentence(url: string, status: ExecutionState, decisive: AskedRule | null): string {
  const soFar = isTerminal(status) ? '' : ' so far';
  const would = decisive === null ? 'be let in' : `be skipped by ${decisive.rule} (${decisive.detail})`;
  return `Nothing that this execution follows has named ${url}${soFar} (seeds, sitemaps, redirects, and links of pages that answered with 2xx), so it was not crawled; were it named, it would ${would}.`;
}

function skippedSentence({ skipReason, skipRule }: DiscoveredUrl, found: string): string {
  const why =
    skipReason === null ? 'for a reason that was not recorded' : `because ${SKIP_REASONS[skipReason]}`;
  const rule = skipRule === null ? '' : ` (${skipRule})`;
  return `It was not crawled ${why}${rule}; ${found}.`;
}

function pendingSentence({ attempts, notBefore }: UrlHistory, found: string): string {
  if (attempts === 0 && notBefore === null) return `It waits for its turn; ${found}.`;
  const when = notBefore === null ? 'soon' : `not before ${notBefore}`;
  return `It was tried ${times(attempts)} and will be tried again ${when}; ${found}.`;
}

/** `first` is how the first URL of the way was found: clicks count from there. */
function foundSentence(
  { discoveryMethod, sourceUrl, urlDepth }: DiscoveredUrl,
  first: DiscoveredUrl['discoveryMethod'] | undefined,
): string {
  const from = sourceUrl ?? 'the campaign';
  switch (discoveryMethod) {
    case 'seed':
      return 'it is a seed of the campaign';
    case 'link':
      return `a link on ${from} led to it, ${urlDepth} ${urlDepth === 1 ? 'click' : 'clicks'} from ${first === 'sitemap' ? 'a page that a sitemap lists' : 'a seed'}`;
    case 'redirect':
      return `${from} redirects to it`;
    case 'canonical':
      return `${from} names it as its canonical URL`;
    case 'sitemap':
      return `the sitemap ${from} lists it`;
    case 'api':
      return 'it was added over the API';
  }
}

function onAttempt(attempts: number): string {
  return attempts <= 1 ? 'at the first attempt' : `at the ${ordinal(attempts)} attempt`;
}

function times(attempts: number): string {
  return attempts === 1 ? 'once' : `${attempts} times`;
}

function ordinal(number: number): string {
  const ending =
    number % 100 >= 11 && number % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
}

function attemptCount(attempts: number): string {
  return attempts === 1 ? 'one attempt' : `${attempts} attempts`;
}
