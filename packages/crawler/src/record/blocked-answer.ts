import type { FetchResponse } from '../fetch/fetch-outcome.js';
import type { PageContent } from '../parse/page-content.js';

/** Who stands in the way: a bot defence that names itself, or a page that asks for a human. */
export type BlockedBy = 'cloudflare' | 'aws_waf' | 'datadome' | 'akamai' | 'imperva' | 'captcha_page';

/**
 * Titles of pages that stand in for the page asked for, as the bot defences in wide use send them. Only at the
 * start of a title: an article may well have "captcha" in its own.
 */
const CHALLENGE_TITLES: readonly (readonly [start: string, by: BlockedBy])[] = [
  ['just a moment', 'cloudflare'],
  ['attention required! | cloudflare', 'cloudflare'],
  ['access denied', 'akamai'],
  ['pardon our interruption', 'imperva'],
  ['are you a robot', 'captcha_page'],
  ['are you human', 'captcha_page'],
  ['robot check', 'captcha_page'],
  ['bot verification', 'captcha_page'],
  ['human verification', 'captcha_page'],
  ['verify you are human', 'captcha_page'],
  ['verifying you are human', 'captcha_page'],
  ['security check', 'captcha_page'],
  ['captcha', 'captcha_page'],
  ['please enable cookies', 'captcha_page'],
];

/** Statuses a challenge comes with. A page of 200 is one only when there is next to nothing else on it. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 405, 429, 503]);
const FEW_WORDS = 100;

/**
 * Whether an answer is a challenge (captcha, cookie wall, bot defence) in place of the page, and whose. Such an
 * answer is recorded and not asked for again in other clothes: the crawler is who it says it is.
 */
export function blockedBy(
  response: Pick<FetchResponse, 'status' | 'headers'>,
  content: Pick<PageContent, 'head' | 'text'> | null,
): BlockedBy | null {
  const { status, headers } = response;
  const refused = REFUSALS.has(status);
  // By header only: some of these come with 200 or 202.
  if (refused || status < 300) {
    for (const [name, value] of headers) {
      const by = headerChallenge(name, value, refused);
      if (by !== null) return by;
    }
  }
  const title = content?.head.titles.items[0]?.text;
  if (content === null || title === undefined) return null;
  if (!refused && (status !== 200 || content.text.wordCount > FEW_WORDS)) return null;
  const start = title.toLowerCase();
  const found = CHALLENGE_TITLES.find(([challenge]) => start.startsWith(challenge));
  return found?.[1] ?? null;
}

function headerChallenge(name: string, value: string, refused: boolean): BlockedBy | null {
  switch (name) {
    // developers.cloudflare.com, "Detect a Challenge Page response".
    case 'cf-mitigated':
      return value === 'challenge' ? 'cloudflare' : null;
    // AWS WAF developer guide, "CAPTCHA and Challenge action behavior".
    case 'x-amzn-waf-action':
      return value === 'captcha' || value === 'challenge' ? 'aws_waf' : null;
    case 'x-datadome':
      return refused ? 'datadome' : null;
    default:
      return null;
  }
}
