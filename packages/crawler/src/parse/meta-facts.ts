import type { AttributeSlots } from './attribute-slots.js';
import { shortText } from './clean-text.js';
import type { Place } from './element-place.js';
import { charsetFromContent } from './meta-prescan.js';
import type { MetaPair } from './page-content.js';
import { type PageDraft, pageText } from './page-draft.js';
import { parseRefresh } from './refresh.js';
import { parseRobotsMeta, robotsMetaAgent } from './robots-directives.js';

const MAX_PAIRS = 200;

/** Records what a `meta` element says. */
export function readMeta(draft: PageDraft, attributes: AttributeSlots, place: Place): void {
  const charset = attributes.get('charset');
  if (charset !== null) draft.declaredCharset ??= shortText(charset, 64);
  const content = attributes.get('content');
  if (content === null) return;
  const equivalent = attributes.get('http-equiv');
  if (equivalent !== null) readPragma(draft, equivalent, content, place);
  const name = attributes.get('name')?.trim().toLowerCase();
  const property = attributes.get('property')?.trim().toLowerCase();
  if (name !== undefined) readNamed(draft, name, content, place);
  // Both spellings are in the wild: `property` is Open Graph's, `name` is Twitter's.
  const social = property ?? name;
  if (social !== undefined) readSocial(draft, social, content, place);
}

function readPragma(draft: PageDraft, pragma: string, content: string, place: Place): void {
  switch (pragma.trim().toLowerCase()) {
    case 'refresh':
      // What is in a `noscript` is meant for browsers that run no scripts.
      if (!place.inHeadNoscript) readRefresh(draft, content, place);
      return;
    case 'content-type': {
      const charset = charsetFromContent(content);
      if (charset !== null) draft.declaredCharset ??= shortText(charset, 64);
      return;
    }
    case 'content-language':
      draft.contentLanguage ??= shortText(content, 128);
      return;
    default:
  }
}

function readRefresh(draft: PageDraft, content: string, place: Place): void {
  const refresh = parseRefresh(content);
  if (refresh === null) return;
  draft.setRefresh('meta', refresh.delaySeconds, refresh.href);
  draft.addLink({ type: 'redirect', href: refresh.href, position: place.position });
}

function readNamed(draft: PageDraft, name: string, content: string, place: Place): void {
  switch (name) {
    case 'description':
      draft.descriptions.add(pageText(content, place.inHead));
      return;
    case 'generator':
      draft.generator ??= shortText(content);
      return;
    case 'viewport':
      draft.viewport ??= shortText(content);
      return;
    default: {
      const agent = robotsMetaAgent(name);
      if (agent !== null) draft.addRobots(parseRobotsMeta(agent, content), place.inHead);
    }
  }
}

function readSocial(draft: PageDraft, name: string, content: string, place: Place): void {
  if (name.startsWith('og:')) {
    addPair(draft.openGraph, name, content);
    if (name === 'og:image' || name === 'og:image:url') {
      draft.addLink({ type: 'og_image', href: content, position: place.position });
    }
  } else if (name.startsWith('twitter:')) {
    addPair(draft.twitter, name, content);
  }
}

function addPair(pairs: MetaPair[], name: string, content: string): void {
  if (pairs.length < MAX_PAIRS) pairs.push({ name: shortText(name, 128), content: shortText(content) });
}
