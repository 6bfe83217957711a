import type { Discovery } from '@outrider/db';
import type { ScopeVerdict, TrapBudget, TrapGuard } from '@outrider/shared';
import type { DuplicateWatch } from './duplicate-watch.js';

/** The trap guards as a lane asks them: the spelling of URLs, budgets, and what their pages turned out to be. */
export class LaneTraps {
  readonly #guard: TrapGuard;
  readonly #watch: DuplicateWatch;
  readonly #closedRule: string;

  constructor(guard: TrapGuard, watch: DuplicateWatch, maxDuplicates: number) {
    this.#guard = guard;
    this.#watch = watch;
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

  budgetsOf(url: string): readonly TrapBudget[] {
    return this.#guard.budgetsOf(url);
  }

  /** The pattern that a page closes: it has the text of many siblings before it, and leads to more of them. */
  closedBy(url: string, textHash: string | null, discoveries: readonly Discovery[]): string | null {
    const pattern = textHash === null ? null : this.#guard.siblingsOf(url);
    if (textHash === null || pattern === null) return null;
    const spawns = discoveries.some(
      (found) => found.skip === null && this.#guard.siblingsOf(found.url) === pattern,
    );
    return spawns && this.#watch.note(pattern, textHash) ? pattern : null;
  }
}
