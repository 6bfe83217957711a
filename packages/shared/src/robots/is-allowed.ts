import { parseRobots, type RobotsDecision } from './robots-rules.js';

/**
 * Whether the crawler with the product token `token` may fetch `url` by the robots.txt text `robotsTxt`
 * (RFC 9309), and the line that decided. Reads the text anew each time: for many URLs of one origin,
 * `parseRobots` it once and ask that. That the text belongs to the URL's origin is for the caller to see to.
 */
export function isAllowed(robotsTxt: string, token: string, url: string): RobotsDecision {
  return parseRobots(robotsTxt).decide(token, url);
}
