import { hostOf, type UrlScope, urlKey } from '@outrider/shared';

/** What does not change about a URL while the scope stays the same. */
export interface KnownUrl {
  readonly url: string;
  readonly key: string;
  readonly host: string;
  readonly isInternal: boolean;
  /** The page that linked here last, by the number that `nextPage` gave it. */
  linkedBy: number;
  /** It was handed to the discovery log before. */
  logged: boolean;
  /** It was handed to the log by a link that asks not to be followed: only one that may be followed is news to it. */
  awaitsFollow: boolean;
}

/** Entries per generation. Two are kept, so memory holds at most twice this. */
const GENERATION = 100_000;

/**
 * A bounded memory of URLs: their keys, so that the links every page repeats are hashed once, and which
 * of them are in the discovery log already, so that they are not sent to the database again. Forgetting
 * one costs time and nothing else: the log itself refuses doubles.
 */
export class UrlMemory {
  #recent = new Map<string, KnownUrl>();
  #older = new Map<string, KnownUrl>();
  #pages = 0;
  readonly #scope: UrlScope;
  readonly #strip: (url: string) => string;

  constructor(scope: UrlScope, strip: (url: string) => string) {
    this.#scope = scope;
    this.#strip = strip;
  }

  /** The identity of a normalised URL, with the campaign's parameters stripped. */
  identify(rawUrl: string): KnownUrl {
    const known = this.#recent.get(rawUrl);
    if (known !== undefined) return known;
    const found = this.#older.get(rawUrl) ?? this.#make(rawUrl);
    if (this.#recent.size >= GENERATION) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(rawUrl, found);
    return found;
  }

  /** A number for the page whose links come next, so that each can be marked as met on it. */
  nextPage(): number {
    return ++this.#pages;
  }

  #make(rawUrl: string): KnownUrl {
    const url = this.#strip(rawUrl);
    // Spellings that differ only in what is stripped share one entry.
    const known = this.#recent.get(url) ?? this.#older.get(url);
    if (known !== undefined) return known;
    const made: KnownUrl = {
      url,
      key: urlKey(url),
      host: hostOf(url),
      isInternal: this.#scope.isInternal(url),
      linkedBy: 0,
      logged: false,
      awaitsFollow: false,
    };
    if (url !== rawUrl) this.#recent.set(url, made);
    return made;
  }
}
