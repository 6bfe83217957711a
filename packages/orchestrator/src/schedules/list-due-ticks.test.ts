import { scheduleConfig } from '@outrider/shared';
import { expect, it } from 'vitest';
import { listDueTicks } from './list-due-ticks.js';

/** What comes of the ticks of twelve hours under an orchestrator that looks every half second. */
function verdictsOf(cron: string, jitterSeconds: number): Set<string> {
  const config = scheduleConfig.parse({ name: 'x', cron, jitterSeconds });
  const found = new Set<string>();
  let { following } = listDueTicks({ id: 'a', config, next: { at: 0, dueAt: 0 }, plannedFrom: null }, 0);
  let now = 0;
  while (following !== null && now < 12 * 3_600_000) {
    now = Math.max(now, following.dueAt) + 500;
    const due = listDueTicks({ id: 'a', config, next: following, plannedFrom: null }, now);
    for (const { verdict } of due.ticks) found.add(`${verdict.act} ${verdict.reason}`);
    following = due.following;
  }
  return found;
}

it.each([
  ['*/5 * * * *', 3_600],
  ['* * * * *', 3_600],
  ['0 * * * *', 1_800],
])('%s with a jitter of %i s misses no tick while an orchestrator is there', (cron, jitterSeconds) => {
  expect([...verdictsOf(cron, jitterSeconds)]).toEqual(['start on_time']);
});
