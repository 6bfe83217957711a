import { attributeMask } from './attribute-slots.js';
import { NameTable } from './name-table.js';
import type { LinkPosition } from './page-link.js';
import type { RawContent } from './token-handler.js';

/** What matters about an element while reading a page. */
export interface TagInfo {
  readonly name: string;
  /** Mask of the attributes to read. */
  readonly attributes: number;
  /** Its attributes say something beside its role. */
  readonly reads: boolean;
  /** It is read within SVG too. */
  readonly svg: boolean;
  /** Its borders end words. */
  readonly block: boolean;
  /** It is kept among the open elements until its end tag. */
  readonly tracked: boolean;
  /** It may stand in the head: any other element begins the body. */
  readonly head: boolean;
  /** Text within is not visible. */
  readonly hidden: boolean;
  /** End tags of outer elements do not reach over it, and an open `a` ends at its border. */
  readonly barrier: boolean;
  /** An open `a` ends at its border (table cells). */
  readonly endsAnchor: boolean;
  /** Position of the links within, when the element is a landmark. */
  readonly position: LinkPosition | null;
  /** A `header` or `footer` within belongs to this element and is no landmark of the page. */
  readonly sectioning: boolean;
  /** 1 to 6 for headings, else 0. */
  readonly heading: number;
  /** Start of SVG or MathML. */
  readonly foreign: boolean;
  /** HTML again within SVG or MathML. */
  readonly integration: boolean;
  /** An HTML element that ends SVG and MathML when met there (HTML standard, 13.2.6.5). */
  readonly breakout: boolean;
  /** Its content is text up to its end tag, outside SVG and MathML. */
  readonly raw: RawContent | null;
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

const BLOCK = words(
  'address article aside blockquote body br button caption center col colgroup dd details dialog dir div dl dt ' +
    'fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li ' +
    'listing main menu nav noscript object ol optgroup option p plaintext pre script search section select style ' +
    'summary svg table tbody td template textarea tfoot th thead title tr ul video audio canvas xmp',
);
const TRACKED = words(
  'address annotation-xml article aside audio blockquote button caption center datalist desc details dialog div dl fieldset ' +
    'figure footer foreignobject form header iframe main math menu nav noembed noframes noscript object ol script ' +
    'search section select style svg table template textarea title ul video mi mo mn ms mtext',
);
const HEAD = words('html head base basefont bgsound link meta noframes noscript script style template title');
const HIDDEN = words('iframe noembed noframes noscript script style textarea title datalist');
const BARRIER = words('object table template');
const ENDS_ANCHOR = words('object table template td th caption');
const SECTIONING = words('article aside main nav section');
const SVG = words('a image script use');
const INTEGRATION = words('annotation-xml desc foreignobject mi mn mo ms mtext title');
const BREAKOUT = words(
  'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu ' +
    'meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var',
);
const POSITION = new Map<string, LinkPosition>([
  ['nav', 'nav'],
  ['header', 'header'],
  ['footer', 'footer'],
  ['aside', 'aside'],
  ['main', 'content'],
]);
const ATTRIBUTES = new Map<string, number>([
  ['a', attributeMask('href', 'xlink:href', 'rel')],
  ['area', attributeMask('href', 'rel', 'alt')],
  ['base', attributeMask('href')],
  ['audio', attributeMask('src')],
  ['button', attributeMask('formaction')],
  ['embed', attributeMask('src')],
  ['form', attributeMask('action', 'role')],
  ['frame', attributeMask('src')],
  ['html', attributeMask('lang')],
  ['iframe', attributeMask('src')],
  ['image', attributeMask('href', 'xlink:href', 'src', 'srcset', 'alt')],
  ['img', attributeMask('src', 'srcset', 'alt', 'width', 'height')],
  ['input', attributeMask('src', 'type', 'alt', 'formaction')],
  ['link', attributeMask('href', 'rel', 'hreflang', 'type', 'imagesrcset', 'as')],
  ['meta', attributeMask('name', 'content', 'property', 'http-equiv', 'charset')],
  ['object', attributeMask('data')],
  ['script', attributeMask('src', 'href', 'xlink:href', 'type')],
  ['source', attributeMask('src', 'srcset')],
  ['template', attributeMask('shadowrootmode')],
  ['track', attributeMask('src')],
  ['use', attributeMask('href', 'xlink:href')],
  ['video', attributeMask('src', 'poster')],
]);
const ROLE = attributeMask('role');
const ROLE_BEARERS = words(
  'address article aside center details dialog div dl fieldset figure footer header main menu nav ol search section table ul',
);

const RAW_TEXT = words('script style xmp iframe noembed noframes');
const RCDATA = words('title textarea');

const described = new Map<string, TagInfo>();
for (const set of [BLOCK, TRACKED, HEAD, HIDDEN, INTEGRATION, BREAKOUT, new Set(ATTRIBUTES.keys())]) {
  for (const name of set) described.set(name, describe(name));
}
described.set('math', describe('math'));
const TABLE = new NameTable<TagInfo>(described);

function describe(name: string): TagInfo {
  return {
    name,
    attributes: ATTRIBUTES.get(name) ?? (ROLE_BEARERS.has(name) ? ROLE : 0),
    reads: ATTRIBUTES.has(name),
    svg: SVG.has(name),
    block: BLOCK.has(name),
    tracked: TRACKED.has(name),
    head: HEAD.has(name),
    hidden: HIDDEN.has(name),
    barrier: BARRIER.has(name),
    endsAnchor: ENDS_ANCHOR.has(name),
    position: POSITION.get(name) ?? null,
    sectioning: SECTIONING.has(name),
    heading: /^h[1-6]$/.test(name) ? Number(name.slice(1)) : 0,
    foreign: name === 'svg' || name === 'math',
    integration: INTEGRATION.has(name),
    breakout: BREAKOUT.has(name),
    raw: rawContent(name),
  };
}

function rawContent(name: string): RawContent | null {
  if (name === 'plaintext') return { endTag: null, decodes: false };
  if (RCDATA.has(name)) return { endTag: name, decodes: true };
  return RAW_TEXT.has(name) ? { endTag: name, decodes: false } : null;
}

/** The description of the element whose name stands at `text[from, to)`; null for one that plays no part. */
export function findTag(text: string, from: number, to: number): TagInfo | null {
  return TABLE.find(text, from, to);
}

const ROLE_POSITION = new Map<string, LinkPosition>([
  ['navigation', 'nav'],
  ['banner', 'header'],
  ['contentinfo', 'footer'],
  ['complementary', 'aside'],
  ['main', 'content'],
]);

/** The position that an ARIA `role` gives its element; null when the role is no landmark. */
export function positionOfRole(role: string): LinkPosition | null {
  return ROLE_POSITION.get(role.trim().toLowerCase()) ?? null;
}
