import { hostOf, registrableDomain } from '@outrider/shared';
import type { PageContent } from '../parse/page-content.js';
import type { PageLink } from '../parse/page-link.js';

/** What a page loads besides itself, by occurrence. */
export interface ResourceCounts {
  readonly scripts: number;
  readonly inlineScripts: number;
  readonly styles: number;
  /** Fonts named in the document: preloads, and links to font files; those that style sheets name are not seen. */
  readonly fonts: number;
  readonly images: number;
  readonly frames: number;
  readonly media: number;
  /** Resources of another registrable domain, and the first 20 such domains. */
  readonly thirdParty: number;
  readonly thirdPartyDomains: readonly string[];
  /** On an https page: http resources that browsers block, and those they upgrade or only warn about. */
  readonly mixedActive: number;
  readonly mixedPassive: number;
  /** Forms that are sent to an http address. */
  readonly insecureForms: number;
}

const MAX_DOMAINS = 20;
const FONT_FILE = /\.(?:woff2?|ttf|otf|eot)(?:\?|$)/i;

/** Counts the resources of the page at `url` from its links. */
export function countResources(url: string, content: PageContent): ResourceCounts {
  const counter = new ResourceCounter(url, content.resources.inlineScripts, content.resources.fontPreloads);
  // Most links are anchors, which load nothing.
  for (const link of content.links) if (link.type !== 'hyperlink') counter.add(link);
  return counter.counts();
}

class ResourceCounter {
  readonly #secure: boolean;
  readonly #own: string;
  readonly #counts;
  readonly #thirdParties = new Set<string>();

  constructor(url: string, inlineScripts: number, fontPreloads: number) {
    this.#secure = url.startsWith('https:');
    this.#own = domainOf(url);
    this.#counts = {
      scripts: 0,
      inlineScripts,
      styles: 0,
      fonts: fontPreloads,
      images: 0,
      frames: 0,
      media: 0,
      thirdParty: 0,
      mixedActive: 0,
      mixedPassive: 0,
      insecureForms: 0,
    };
  }

  add(link: PageLink): void {
    switch (link.type) {
      case 'script':
        this.#counts.scripts++;
        this.#load(link, true);
        break;
      case 'style':
        this.#counts.styles++;
        this.#load(link, true);
        break;
      case 'iframe':
        this.#counts.frames++;
        this.#load(link, true);
        break;
      case 'object':
      case 'embed':
        this.#counts.media++;
        this.#load(link, true);
        break;
      case 'image':
        this.#counts.images++;
        this.#load(link, false);
        break;
      case 'media':
        this.#counts.media++;
        this.#load(link, false);
        break;
      case 'preload':
        this.#load(link, false);
        break;
      case 'form':
        if (link.targetUrl?.startsWith('http:') === true) this.#counts.insecureForms++;
        break;
      default:
        if (FONT_FILE.test(link.rawHref)) this.#counts.fonts++;
    }
  }

  counts(): ResourceCounts {
    return { thirdPartyDomains: [...this.#thirdParties], ...this.#counts };
  }

  #load({ targetUrl }: PageLink, active: boolean): void {
    if (targetUrl === null) return;
    if (this.#secure && targetUrl.startsWith('http:')) {
      if (active) this.#counts.mixedActive++;
      else this.#counts.mixedPassive++;
    }
    const domain = domainOf(targetUrl);
    if (domain === this.#own) return;
    this.#counts.thirdParty++;
    if (this.#thirdParties.size < MAX_DOMAINS) this.#thirdParties.add(domain);
  }
}

/** Domains by host: pages of a site load from few hosts, and the public suffix list is slow to ask. */
const domains = new Map<string, string>();
const MAX_KNOWN = 10_000;

function domainOf(url: string): string {
  const host = hostOf(url);
  const known = domains.get(host);
  if (known !== undefined) return known;
  if (domains.size >= MAX_KNOWN) domains.clear();
  const domain = registrableDomain(host);
  domains.set(host, domain);
  return domain;
}
