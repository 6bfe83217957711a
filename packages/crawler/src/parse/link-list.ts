import type { PageLink } from './page-link.js';

export type DraftLink = { -readonly [K in keyof PageLink]: PageLink[K] };

/**
 * The links of one page up to a limit. Once it is full, a link to a page not linked before takes the place of
 * a repeated link, so that a long page (an index that links the same pages ten thousand times) hides no page
 * from the crawl before it names more different ones than the limit.
 */
export class LinkList {
  readonly #max: number;
  #links: DraftLink[] = [];
  #seen = 0;
  /** References kept, without fragments, and places of repeats; made when the list is full. */
  #references: Set<string> | null = null;
  #repeats: number[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** Place of the next link among all links of the page. */
  get nextOrdinal(): number {
    return this.#seen;
  }

  /** Takes the next link; false when it is not kept. */
  add(link: DraftLink): boolean {
    this.#seen++;
    if (this.#links.length < this.#max) {
      this.#links.push(link);
      return true;
    }
    return (link.type === 'hyperlink' || link.type === 'iframe') && this.#replaceRepeat(link);
  }

  /** Links seen and not kept. */
  get truncated(): number {
    return this.#seen - this.#links.length;
  }

  /** The links kept, in document order. */
  inOrder(): DraftLink[] {
    if (this.#references !== null) this.#links.sort((a, b) => a.ordinal - b.ordinal);
    return this.#links;
  }

  #replaceRepeat(link: DraftLink): boolean {
    const references = this.#references ?? this.#findRepeats();
    const reference = withoutFragment(link.rawHref);
    if (references.has(reference)) return false;
    const place = this.#repeats.pop();
    if (place === undefined) return false;
    references.add(reference);
    this.#links[place] = link;
    return true;
  }

  #findRepeats(): Set<string> {
    const references = new Set<string>();
    for (const [index, { rawHref }] of this.#links.entries()) {
      const reference = withoutFragment(rawHref);
      if (references.has(reference)) this.#repeats.push(index);
      references.add(reference);
    }
    this.#references = references;
    return references;
  }
}

function withoutFragment(href: string): string {
  const fragment = href.indexOf('#');
  return fragment < 0 ? href : href.slice(0, fragment);
}
