// The pages of a web site of any size, each made from its number alone: the same seed and size give the same
// bytes on every machine and in every order. Pure: `generated-site.mjs` serves them.

/**
 * @typedef {object} GeneratedSite
 * @property {number} size URLs that a complete crawl fetches, the broken and redirecting ones included
 * @property {number} seed
 *
 * @typedef {'page' | 'noindex' | 'nofollow' | 'data' | 'missing' | 'moved'} Kind
 */

/** Each page names this many pages that no lower one names in this place, so all are `log8(size)` clicks away. */
const CHILDREN = 8;
/** Links to pages anywhere on the site, to neighbours, and to other hosts. */
const [FAR_LINKS, NEAR_LINKS, OUTSIDE_LINKS] = [9, 8, 2];
/** The navigation names the same pages everywhere. */
const NAVIGATION = 15;
const OUTSIDE_HOSTS = 400;
const SECTIONS = 48;

const WORDS = (
  'amber anchor arbor atlas aurora basin beacon birch bridge canyon cedar chapel cinder cobalt copper coral ' +
  'crater delta ember fable falcon fathom fern field fjord flint garnet glacier granite grove harbor hazel ' +
  'heron hollow indigo island ivory jasper juniper kestrel lagoon lantern larch ledger lichen linden lumen ' +
  'maple marble marsh meadow meridian mirror morrow mosaic nectar north oasis ochre olive onyx orchard otter ' +
  'pebble pepper pine plover prairie quarry quartz raven reed ridge river rowan saddle saffron sable sierra ' +
  'silver slate spruce summit sycamore tamarack thicket timber topaz tundra umber vale velvet violet walnut ' +
  'willow winter yarrow zephyr zinc'
).split(' ');

/**
 * Thirty-two well mixed bits of two numbers (the finaliser of MurmurHash3).
 * @param {number} a
 * @param {number} b
 */
function mix(a, b) {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** @param {number} number */
function word(number) {
  return WORDS[number % WORDS.length] ?? '';
}

/** @param {string} text */
function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Paragraphs of 60 to 110 words, made once; a page is put together from some of them. */
const PARAGRAPHS = Array.from({ length: 96 }, (_, which) => {
  const length = 60 + (mix(which, 1) % 50);
  const words = Array.from({ length }, (_word, at) => word(mix(which, at + 2)));
  return `<p>${capital(words.join(' ').replaceAll(/((?:\S+ ){11}\S+) (\S)/g, '$1. $2'))}.</p>\n`;
});

/**
 * @param {GeneratedSite} site
 * @param {number} number
 */
export function pathOf({ seed }, number) {
  if (number === 0) return '/';
  const bits = mix(seed, number);
  return `/${word(bits % SECTIONS)}/${word(bits >>> 6)}-${word(bits >>> 14)}-${number}`;
}

/**
 * The number of the page that a path names; -1 for a path the site does not have.
 * @param {GeneratedSite} site
 * @param {string} path
 */
export function numberOf(site, path) {
  if (path === '/') return 0;
  const number = Number(path.slice(path.lastIndexOf('-') + 1));
  const isPage = Number.isInteger(number) && number > 0 && number < site.size;
  return isPage && pathOf(site, number) === path ? number : -1;
}

/**
 * Only pages without children are anything but ordinary: what they would name could not be found otherwise.
 * @param {GeneratedSite} site
 * @param {number} number
 * @returns {Kind}
 */
export function kindOf({ seed, size }, number) {
  if (number <= NAVIGATION || number * CHILDREN + 1 < size) return 'page';
  const share = mix(seed + 1, number) % 1_000;
  if (share < 20) return 'missing';
  if (share < 35) return 'moved';
  if (share < 50) return 'noindex';
  if (share < 60) return 'nofollow';
  return share < 85 ? 'data' : 'page';
}

/**
 * The pages that a page's text names, in the order of their links.
 * @param {GeneratedSite} site
 * @param {number} number
 */
export function linksOf({ seed, size }, number) {
  /** @type {number[]} */
  const links = [];
  for (let child = 1; child <= CHILDREN; child += 1) {
    if (number * CHILDREN + child < size) links.push(number * CHILDREN + child);
  }
  for (let nth = 0; nth < FAR_LINKS; nth += 1) {
    // As on real sites some pages are named far more often than others: a third of these links lead to a hundredth.
    const reach = nth % 3 === 0 ? Math.max(1, Math.floor(size / 100)) : size;
    links.push(mix(seed + nth, number) % reach);
  }
  for (let nth = 1; nth <= NEAR_LINKS; nth += 1) links.push((number + nth * (nth + 3)) % size);
  return links;
}

/** @param {number} number */
function titleOf(number) {
  const bits = mix(number, 7);
  return `${capital(word(bits))} ${word(bits >>> 8)} and the ${word(bits >>> 16)} of ${word(bits >>> 5)}, part ${number}`;
}

/**
 * A page as HTML, about 12 kB of ASCII.
 * @param {GeneratedSite} site
 * @param {number} number
 * @param {string} origin of the canonical link
 */
export function htmlOf(site, number, origin) {
  const title = titleOf(number);
  const kind = kindOf(site, number);
  const robots = kind === 'noindex' ? '<meta name="robots" content="noindex">\n' : '';
  const rel = kind === 'nofollow' ? ' rel="nofollow"' : '';
  const [text, links] = [mix(site.seed + 2, number), linksOf(site, number)];
  let html =
    `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${title}</title>\n` +
    `<meta name="description" content="What ${word(text)} has to do with ${word(text >>> 8)}, as told in part ${number} of the collection.">\n` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n${robots}` +
    `<link rel="canonical" href="${origin}${pathOf(site, number)}">\n<link rel="stylesheet" href="/assets/site.css">\n` +
    `<meta property="og:title" content="${title}">\n<script src="/assets/site.js" defer></script>\n</head>\n<body>\n` +
    `<header><a href="/">The collection</a></header>\n${navigation(site)}<main>\n<h1>${title}</h1>\n`;
  let next = 0;
  for (let part = 0; part < 5; part += 1) {
    html += `<h2>${capital(word(text >>> part))} ${word(text >>> (part + 4))}</h2>\n`;
    for (let nth = 0; nth < 3; nth += 1)
      html += PARAGRAPHS[mix(text, part * 3 + nth) % PARAGRAPHS.length] ?? '';
    if (part < 2)
      html += `<img src="/images/${word(text >>> (part * 7))}.png" alt="A ${word(text >>> 9)}">\n`;
    html += '<ul>\n';
    for (const until = Math.ceil(((part + 1) * links.length) / 5); next < until; next += 1) {
      const target = links[next] ?? 0;
      html += `<li><a href="${pathOf(site, target)}"${rel}>${capital(word(target))} ${word(mix(target, 3))} ${target}</a></li>\n`;
    }
    html += '</ul>\n';
  }
  html += '</main>\n<footer>\n';
  for (let nth = 0; nth < OUTSIDE_LINKS; nth += 1) {
    const host = mix(text, nth + 90) % OUTSIDE_HOSTS;
    html += `<a href="https://${word(host)}-${host}.example/" rel="nofollow">${word(host)}</a>\n`;
  }
  return `${html}<p>Part ${number} of ${site.size}.</p>\n</footer>\n</body>\n</html>\n`;
}

/** @type {Map<string, string>} */
const navigations = new Map();

/** @param {GeneratedSite} site */
function navigation(site) {
  const name = `${site.seed} ${site.size}`;
  const made = navigations.get(name);
  if (made !== undefined) return made;
  let html = '<nav>\n<ul>\n';
  for (let number = 1; number <= Math.min(NAVIGATION, site.size - 1); number += 1) {
    html += `<li><a href="${pathOf(site, number)}">${capital(word(number))}</a></li>\n`;
  }
  html += '</ul>\n</nav>\n';
  navigations.set(name, html);
  return html;
}

/**
 * What a complete crawl fetches, and how much of it is broken.
 * @param {GeneratedSite} site
 */
export function expectedOf(site) {
  let errors = 0;
  for (let number = 0; number < site.size; number += 1) {
    if (kindOf(site, number) === 'missing') errors += 1;
  }
  return { pages: site.size, errors };
}
