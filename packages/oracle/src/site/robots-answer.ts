import type { Answer } from './answer.js';
import type { SitePlan } from './site-plan.js';

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

/** True when robots.txt answers 200 and so can name the sitemap. */
export function announcesSitemap({ plant }: SitePlan): boolean {
  if (plant?.sitemap !== true || plant.robotsTxt === 'hang') return false;
  return plant.robotsTxt === undefined || typeof plant.robotsTxt === 'string';
}

/** What `/robots.txt` answers on one origin. */
export function answerRobots(plan: SitePlan, origin: string): Answer {
  const robots = plan.plant?.robotsTxt;
  if (robots === 'hang') return 'hang';
  if (typeof robots === 'object') return { status: robots.status, headers: TEXT, body: robots.body ?? '' };
  if (!announcesSitemap(plan)) {
    if (robots === undefined) return { status: 404, headers: TEXT, body: 'Not found\n' };
    return { status: 200, headers: TEXT, body: robots };
  }
  const rules = robots ?? 'User-agent: *\nAllow: /\n';
  return { status: 200, headers: TEXT, body: `${rules}\nSitemap: ${origin}/sitemap.xml\n` };
}
