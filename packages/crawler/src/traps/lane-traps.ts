import type { Discovery } from '@outrider/db';
import { type ScopeVerdict, sitemapBudgets, type TrapBudget, type TrapGuard } from '@outrider/shared';
import type { DuplicateWatch, PageText } from './duplicate-watch.js';
import type { NumberWatch } from './number-watch.js';

/** The trap guards as a lane asks them: the spelling of URLs, budgets, and what their pages turned out to be. */
export class LaneTraps {
  readonly #guard: TrapGuard;
  readonly #watch: DuplicateWatch;
  readonly #numbers: NumberWatch;
  readonly #closedRule: string;

  constructor(guard: TrapGuard, watch: DuplicateWatch, numbers: NumberWatch, maxDuplicates: number) {
    this.#guard = guard;
    this.#watch = watch;
    this.#numbers = numbers;
    this.#closedRule = `traps.maxDuplicates: ${maxDuplicates} of`;
  }

  /** Whether a link to the URL is followed. */
  decide(url: string): ScopeVerdict {
    const verdict = this.#guard.decide(url);
    return verdict.crawl ? this.decideSiblings(url) : verdict;
  }

  /** Whether the URL is of a pattern whose pages repeat each other. */
  decideSiblings(url: string): ScopeVerdict {
    if (!this.#watch.hasClosed) return { crawl: true };
    const pattern = this.#guard.siblingsOf(url);
    if (pattern === null || !this.#watch.isClosed(pattern)) return { crawl: true };
    return { crawl: false, reason: 'trap', rule: `${this.#closedRule} ${pattern}` };
  }

  /** What a URL that is new to the lane uses up; each call counts as one. */
  budgetsOf(url: string): readonly TrapBudget[] {
    return this.#numbers.counted(this.#guard.budgetsOf(url));
  }

  /** The same for a URL that a sitemap names, which has budgets of its own. */
  sitemapBudgetsOf(url: string): readonly TrapBudget[] {
    return sitemapBudgets(this.#guard.budgetsOf(url));
  }

  /** The pattern that a page closes: it says what many siblings before it said, and leads to more of them. */
  closedBy(url: string, page: PageText, discoveries: readonly Discovery[]): string | null {
    const pattern = page.textHash === null ? null : this.#guard.siblingsOf(url);
    if (pattern === null) return null;
    const spawns = discoveries.some(
      (found) => found.skip === null && this.#guard.siblingsOf(found.url) === pattern,
    );
    return spawns && this.#watch.note(pattern, page) ? pattern : null;
  }
}
