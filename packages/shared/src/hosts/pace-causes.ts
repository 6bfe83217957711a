/** Why a host is left alone for a while. */
export const BACK_OFF_CAUSES = ['retry_after', 'back_off', 'robots_unreachable', 'circuit_open'] as const;
export type BackOffCause = (typeof BACK_OFF_CAUSES)[number];

/** Why fetches of a host start apart. */
export const DELAY_CAUSES = ['campaign_delay', 'crawl_delay'] as const;
export type DelayCause = (typeof DELAY_CAUSES)[number];

/** What sets the pace of a host, with what it means to the person who asks. */
export const PACE_CAUSES = {
  unpaced: 'nothing but the number of fetches at a time',
  campaign_delay: "a campaign's politeness.delayMs",
  crawl_delay: "the Crawl-delay of the site's robots.txt",
  slow_down: 'the host answers much more slowly than is usual for it',
  retry_after: 'the host answered with Retry-After',
  back_off: 'the host answered 429 or 503',
  robots_unreachable: "the site's robots.txt could not be read",
  circuit_open: 'several connections in a row could not be made',
  frozen: 'the host was frozen over the API',
} as const;
export type PaceCause = keyof typeof PACE_CAUSES;
export const PACE_CAUSE_NAMES = Object.keys(PACE_CAUSES) as [PaceCause, ...PaceCause[]];
