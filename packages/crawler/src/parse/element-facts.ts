import type { LinkType } from '@outrider/shared';
import type { AttributeSlots } from './attribute-slots.js';
import { shortText } from './clean-text.js';
import type { Place } from './element-place.js';
import { MAX_ATTRIBUTE } from './html-tokenizer.js';
import { relTokens } from './link-header.js';
import type { DraftLink } from './link-list.js';
import { linkTypeOf } from './link-relation.js';
import { readMeta } from './meta-facts.js';
import type { PageDraft } from './page-draft.js';
import { parseSrcset } from './srcset.js';

/** Records what an element's attributes say. Returns the link when the element is an anchor with one. */
export function readElement(
  draft: PageDraft,
  name: string,
  attributes: AttributeSlots,
  place: Place,
): DraftLink | null {
  switch (name) {
    case 'a':
      return readAnchor(draft, attributes, place);
    case 'area':
      readArea(draft, attributes, place);
      break;
    case 'img':
      readImage(draft, attributes, place);
      break;
    case 'image':
      if (place.foreign) addSource(draft, 'image', svgHref(attributes), place);
      else readImage(draft, attributes, place);
      break;
    case 'link':
      readLink(draft, attributes, place);
      break;
    case 'meta':
      readMeta(draft, attributes, place);
      break;
    case 'script':
      readScript(draft, attributes, place);
      break;
    case 'base':
      draft.offerBase(attributes.get('href'));
      break;
    case 'html':
      draft.lang ??= nullable(attributes.get('lang'), 64);
      break;
    default:
      readEmbedding(draft, name, attributes, place);
  }
  return null;
}

function readEmbedding(draft: PageDraft, name: string, attributes: AttributeSlots, place: Place): void {
  switch (name) {
    case 'iframe':
    case 'frame':
      addSource(draft, 'iframe', attributes.get('src'), place);
      break;
    case 'form':
      addSource(draft, 'form', attributes.get('action'), place);
      break;
    case 'button':
      addSource(draft, 'form', attributes.get('formaction'), place);
      break;
    case 'input':
      addSource(draft, 'form', attributes.get('formaction'), place);
      if (attributes.get('type')?.trim().toLowerCase() === 'image') readImage(draft, attributes, place);
      break;
    case 'source':
      addSource(draft, 'media', attributes.get('src'), place);
      addSrcset(draft, attributes.get('srcset'), place);
      break;
    case 'video':
      addSource(draft, 'media', attributes.get('src'), place);
      addSource(draft, 'image', attributes.get('poster'), place);
      break;
    case 'audio':
    case 'track':
      addSource(draft, 'media', attributes.get('src'), place);
      break;
    case 'embed':
      addSource(draft, 'embed', attributes.get('src'), place);
      break;
    case 'object':
      addSource(draft, 'object', attributes.get('data'), place);
      break;
    case 'use': {
      const href = svgHref(attributes);
      if (place.foreign && href?.startsWith('#') === false) addSource(draft, 'image', href, place);
      break;
    }
    default:
  }
}

function readAnchor(draft: PageDraft, attributes: AttributeSlots, place: Place): DraftLink | null {
  const href = place.foreign ? svgHref(attributes) : attributes.get('href');
  if (href === null) return null;
  return draft.addLink({ type: 'hyperlink', href, position: place.position, rel: attributes.get('rel') });
}

function readArea(draft: PageDraft, attributes: AttributeSlots, place: Place): void {
  const href = attributes.get('href');
  if (href === null) return;
  const altText = attributes.get('alt');
  draft.addLink({ type: 'hyperlink', href, position: place.position, rel: attributes.get('rel'), altText });
}

function readScript(draft: PageDraft, attributes: AttributeSlots, place: Place): void {
  const src = attributes.get('src') ?? (place.foreign ? svgHref(attributes) : null);
  if (src === null) draft.inlineScripts++;
  addSource(draft, 'script', src, place);
  if (!place.foreign) draft.structured.beginScript(attributes.get('type'));
}

/** An image counts once, however many sizes of it `srcset` offers; each offer is a link. */
function readImage(draft: PageDraft, attributes: AttributeSlots, place: Place): void {
  const altText = attributes.get('alt');
  draft.imageCount++;
  if (altText === null) draft.missingAlt++;
  else if (altText.trim() === '') draft.emptyAlt++;
  if (attributes.get('width') === null || attributes.get('height') === null) draft.missingDimensions++;
  addSource(draft, 'image', attributes.get('src'), place, altText);
  addSrcset(draft, attributes.get('srcset'), place, altText);
}

function readLink(draft: PageDraft, attributes: AttributeSlots, place: Place): void {
  const relation = attributes.get('rel') ?? '';
  const rel = relTokens(relation);
  if (rel.length === 0) return;
  const { position } = place;
  const href = attributes.get('href');
  const hreflang = attributes.get('hreflang');
  const type = linkTypeOf(rel, hreflang);
  if (href !== null && href !== '') {
    draft.addLink({ type, href, position, rel: relation });
    if (attributes.get('as')?.trim().toLowerCase() === 'font') draft.fontPreloads++;
    draft.offerRelation(type, href, place.inHead);
    if (type === 'canonical') draft.addCanonical(href, 'html', place.inHead);
    if (type === 'hreflang' && hreflang !== null) draft.addHreflang(hreflang, href, 'html', place.inHead);
  }
  addSrcset(draft, attributes.get('imagesrcset'), place);
}

/** Records the address an element loads from; an empty one loads nothing (HTML standard). */
function addSource(
  draft: PageDraft,
  type: LinkType,
  href: string | null,
  place: Place,
  altText: string | null = null,
): void {
  if (href === null || href === '') return;
  draft.addLink({ type, href, position: place.position, altText });
}

function addSrcset(
  draft: PageDraft,
  srcset: string | null,
  place: Place,
  altText: string | null = null,
): void {
  if (srcset === null) return;
  const urls = parseSrcset(srcset);
  // The last address of a value cut at the limit may be half a one.
  if (srcset.length >= MAX_ATTRIBUTE - 1) urls.pop();
  for (const url of urls) addSource(draft, 'image', url, place, altText);
}

function svgHref(attributes: AttributeSlots): string | null {
  return attributes.get('href') ?? attributes.get('xlink:href');
}

function nullable(value: string | null, max: number): string | null {
  if (value === null) return null;
  const text = shortText(value, max);
  return text === '' ? null : text;
}
