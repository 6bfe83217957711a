import type { SitemapFormat } from '@outrider/shared';
import { Parser } from 'htmlparser2';
import { cleanText, truncate } from '../parse/clean-text.js';
import { readChangefreq, readLastmod, readPriority } from './entry-values.js';
import type { EntryReader, EntryReaderOptions, SitemapAlternate, SitemapProblem } from './sitemap-entry.js';

/** Where a format keeps its entries: how deep they lie, what they are called, and which of their elements say what. */
interface Shape {
  readonly format: SitemapFormat;
  readonly item: string;
  /** Elements around an item, the root included. */
  readonly itemDepth: number;
  readonly loc: string;
  readonly lastmod: readonly string[];
}

const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['urlset', { format: 'urlset', item: 'url', itemDepth: 1, loc: 'loc', lastmod: ['lastmod'] }],
  ['sitemapindex', { format: 'index', item: 'sitemap', itemDepth: 1, loc: 'loc', lastmod: ['lastmod'] }],
  ['rss', { format: 'rss', item: 'item', itemDepth: 2, loc: 'link', lastmod: ['pubDate'] }],
  ['feed', { format: 'atom', item: 'entry', itemDepth: 1, loc: 'link', lastmod: ['updated', 'published'] }],
]);
/** Deeper than any sitemap: a file of nothing but open tags ends here. */
const MAX_DEPTH = 32;
/** Quoted in messages at most. */
const MAX_NAME = 40;

type Field = 'loc' | 'lastmod' | 'changefreq' | 'priority';

interface Draft {
  loc: string | null;
  lastmod: string | null;
  changefreq: string | null;
  priority: string | null;
  readonly alternates: SitemapAlternate[];
}

/**
 * Reads sitemaps, sitemap indexes, RSS 2.0 and Atom as the text comes in. Names are compared within the
 * root's prefix, whatever namespace it stands for: many sites write it wrongly. There is no DTD and no entity
 * beyond XML's own five and numbers: a document type declaration ends the reading. So does what is not
 * well-formed, with the entries before it kept, as a conforming parser would have given them.
 */
export class XmlEntries implements EntryReader {
  readonly #options: EntryReaderOptions;
  readonly #parser: Parser;
  readonly #open: string[] = [];
  #shape: Shape | null = null;
  #prefix = '';
  #draft: Draft | null = null;
  /** The element of the entry whose text is being gathered. */
  #field: Field | null = null;
  #text = '';
  #sinceEvent = 0;
  /** Where the last opening tag ended. */
  #openedAt = -1;
  #rootClosed = false;
  #over = false;

  constructor(options: EntryReaderOptions) {
    this.#options = options;
    this.#parser = new Parser(
      {
        onopentag: (name, attributes) => this.#opened(name, attributes),
        onclosetag: (_name, implied) => this.#closed(implied),
        ontext: (text) => this.#gather(text),
        oncomment: () => this.#event(),
        onprocessinginstruction: (name, data) => this.#instruction(name, data),
      },
      { xmlMode: true, decodeEntities: true },
    );
  }

  get format(): SitemapFormat | null {
    return this.#shape?.format ?? null;
  }

  write(text: string): void {
    if (this.#over) return;
    this.#parser.write(text);
    this.#sinceEvent += text.length;
    if (this.#sinceEvent > this.#options.limits.maxTokenBytes) {
      this.#stop('sitemap_malformed', 'one tag or comment is longer than a sitemap has any need of');
    }
  }

  end(cut: boolean): void {
    if (this.#over) return;
    // The parser would close what is still open, and so make entries of halves.
    this.#over = true;
    if (cut || this.#rootClosed) return;
    const { onProblem } = this.#options;
    if (this.#shape === null) {
      onProblem({ code: 'sitemap_unknown_format', message: 'the file holds no element' });
    } else {
      onProblem({ code: 'sitemap_truncated', message: 'the file ends before its last element does' });
    }
  }

  #event(): void {
    this.#sinceEvent = 0;
  }

  #stop(code: SitemapProblem['code'], message: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#parser.pause();
    this.#options.onProblem({ code, message });
  }

  #instruction(name: string, data: string): void {
    this.#event();
    if (this.#over || !name.startsWith('!')) return;
    if (/^!doctype\s+html\b/i.test(data)) this.#stop('sitemap_html', 'the file is an HTML page');
    else this.#stop('sitemap_dtd', 'the file declares a document type, which is not read');
  }

  #opened(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#event();
    if (this.#over) return;
    if (this.#open.length >= MAX_DEPTH) {
      this.#stop('sitemap_malformed', `elements lie more than ${MAX_DEPTH} deep`);
      return;
    }
    this.#openedAt = this.#parser.endIndex;
    const depth = this.#open.push(name) - 1;
    if (this.#shape === null) this.#root(name);
    else if (this.#rootClosed) this.#stop('sitemap_malformed', 'something follows the root element');
    else if (this.#draft === null) this.#item(name, depth, this.#shape);
    else this.#element(name, attributes, depth, this.#shape, this.#draft);
  }

  #root(name: string): void {
    const local = localName(name);
    const shape = SHAPES.get(local);
    if (shape === undefined) {
      if (local.toLowerCase() === 'html') this.#stop('sitemap_html', 'the file is an HTML page');
      else {
        this.#stop('sitemap_unknown_format', `<${shown(name)}> is the root of no sitemap, index or feed`);
      }
      return;
    }
    this.#shape = shape;
    this.#prefix = name.slice(0, name.length - local.length);
  }

  #item(name: string, depth: number, shape: Shape): void {
    if (depth !== shape.itemDepth || name !== this.#prefix + shape.item) return;
    this.#draft = { loc: null, lastmod: null, changefreq: null, priority: null, alternates: [] };
  }

  #element(
    name: string,
    attributes: Readonly<Record<string, string>>,
    depth: number,
    shape: Shape,
    draft: Draft,
  ): void {
    if (depth !== shape.itemDepth + 1) return;
    if (shape.format === 'atom' && name === this.#prefix + shape.loc) {
      // RFC 4287, section 4.2.7.2: a link without rel is an alternate, which is the page.
      if ((attributes['rel'] ?? 'alternate') === 'alternate') draft.loc ??= attributes['href'] ?? null;
      return;
    }
    if (shape.format === 'urlset' && localName(name) === 'link') this.#alternate(attributes, draft);
    this.#field = this.#fieldOf(name, shape);
    this.#text = '';
  }

  #alternate(attributes: Readonly<Record<string, string>>, draft: Draft): void {
    const { rel, hreflang, href } = attributes;
    if (rel !== 'alternate' || hreflang === undefined || href === undefined) return;
    const { maxAlternates, maxValueLength } = this.#options.limits;
    if (draft.alternates.length >= maxAlternates || href.length > maxValueLength) return;
    draft.alternates.push({ hreflang: shown(hreflang.trim()), href: cleanText(href.trim()) });
  }

  #fieldOf(name: string, shape: Shape): Field | null {
    if (!name.startsWith(this.#prefix)) return null;
    const local = name.slice(this.#prefix.length);
    if (local === shape.loc) return 'loc';
    if (shape.lastmod.includes(local)) return 'lastmod';
    if (shape.format !== 'urlset') return null;
    return local === 'changefreq' || local === 'priority' ? local : null;
  }

  #gather(text: string): void {
    this.#event();
    if (this.#over || this.#field === null) return;
    const room = this.#options.limits.maxValueLength + 1 - this.#text.length;
    if (room > 0) this.#text += text.slice(0, room);
  }

  #closed(implied: boolean): void {
    this.#event();
    if (this.#over) return;
    // <loc/> is closed by its own tag, which the parser counts as implied too.
    if (implied && this.#parser.endIndex !== this.#openedAt) {
      const name = this.#open.at(-1) ?? '';
      this.#stop('sitemap_malformed', `<${shown(name)}> is not closed`);
      return;
    }
    this.#open.pop();
    const depth = this.#open.length;
    if (depth === 0) this.#rootClosed = true;
    if (this.#shape === null || this.#draft === null) return;
    if (depth === this.#shape.itemDepth + 1) this.#keep(this.#draft);
    else if (depth === this.#shape.itemDepth) this.#finish(this.#draft);
  }

  /** The first of several values holds. */
  #keep(draft: Draft): void {
    if (this.#field !== null && this.#text.trim() !== '') draft[this.#field] ??= this.#text;
    this.#field = null;
  }

  #finish({ loc, lastmod, changefreq, priority, alternates }: Draft): void {
    this.#draft = null;
    if (loc === null) return;
    this.#options.onEntry({
      loc: loc.trim(),
      lastmod: lastmod === null ? null : readLastmod(lastmod, this.#options.now()),
      changefreq: changefreq === null ? null : readChangefreq(changefreq),
      priority: priority === null ? null : readPriority(priority),
      alternates,
    });
  }
}

/** As much of a name as is kept, fit for the database. */
function shown(name: string): string {
  return cleanText(truncate(name, MAX_NAME));
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
