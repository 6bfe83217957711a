import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PageContent } from './page-content.js';
import { isCrawlableLink } from './page-link.js';
import { createPageParser, type PageParserInput } from './page-parser.js';

const URL = 'https://site.example/dir/page.html?q=1';

function parse(html: string | Uint8Array, input: Partial<PageParserInput> = {}): PageContent {
  const parser = createPageParser({
    url: URL,
    contentType: 'text/html; charset=utf-8',
    headers: [],
    ...input,
  });
  parser.write(typeof html === 'string' ? Buffer.from(html) : html);
  return parser.end();
}

function targets(html: string, input: Partial<PageParserInput> = {}): (string | null)[] {
  return parse(html, input).links.map(({ targetUrl }) => targetUrl);
}

function texts(list: { items: readonly { text: string }[] }): string[] {
  return list.items.map(({ text }) => text);
}

describe('references (M06)', () => {
  it.each([
    ['<a href="x.html">', 'https://site.example/dir/x.html', 'relative'],
    ['<a href=x.html>', 'https://site.example/dir/x.html', 'relative'],
    ["<A HREF='../x'>", 'https://site.example/x', 'relative'],
    ['<a href="  \n/x\t ">', 'https://site.example/x', 'root_relative'],
    ['<a href="\u0001\u001f/x">', 'https://site.example/x', 'root_relative'],
    ['<a href="/a\nb\tc">', 'https://site.example/abc', 'root_relative'],
    ['<a href="?a=1&amp;b=2">', 'https://site.example/dir/page.html?a=1&b=2', 'relative'],
    ['<a href="?a=1&copy=2">', 'https://site.example/dir/page.html?a=1&copy=2', 'relative'],
    ['<a href="/&#x41;&#66;">', 'https://site.example/AB', 'root_relative'],
    ['<a href="">', 'https://site.example/dir/page.html?q=1', 'relative'],
    ['<a href>', 'https://site.example/dir/page.html?q=1', 'relative'],
    ['<a href="#top">', 'https://site.example/dir/page.html?q=1', 'relative'],
    ['<a href="//other.example">', 'https://other.example/', 'protocol_relative'],
    ['<a href="\\\\other.example\\x">', 'https://other.example/x', 'protocol_relative'],
    ['<a href="HTTP://Other.Example:80/%7ea/../b#c">', 'http://other.example/b', 'absolute'],
    ['<a href="http://user:secret@other.example/">', 'http://other.example/', 'absolute'],
    ['<a href="/ü?ü">', 'https://site.example/%C3%BC?%C3%BC', 'root_relative'],
    ['<a href="/first" href="/second">', 'https://site.example/first', 'root_relative'],
  ])('%j', (html, targetUrl, pathType) => {
    expect(parse(html).links).toMatchObject([{ targetUrl, pathType, problem: null, type: 'hyperlink' }]);
  });

  it.each([
    ['javascript:void(0)', 'unsupported_scheme'],
    [' java\nscript:alert(1)', 'unsupported_scheme'],
    ['mailto:a@b.example', 'unsupported_scheme'],
    ['tel:+1', 'unsupported_scheme'],
    ['data:text/html,x', 'unsupported_scheme'],
    ['foo://[', 'unsupported_scheme'],
    ['http://[', 'invalid_url'],
    ['https://a b.example/', 'invalid_url'],
    [`/${'x'.repeat(3_000)}`, 'url_too_long'],
    [`/${'x'.repeat(100_000)}`, 'url_too_long'],
    [`/${'x/../'.repeat(10_000)}end`, 'url_too_long'],
  ])('%.40j is recorded as a problem: %s', (href, problem) => {
    const [link] = parse(`<a href="${href}">x</a>`).links;
    expect(link).toMatchObject({ problem, targetUrl: null, anchorText: 'x' });
    expect(link?.rawHref).toBe(href.slice(0, 2_083));
  });

  it('a long fragment does not make a short address too long', () => {
    expect(targets(`<a href="/x#${'y'.repeat(20_000)}">`)).toEqual(['https://site.example/x']);
  });

  it('of inline data only the beginning is kept', () => {
    const [link] = parse(`<img src="data:image/png;base64,${'A'.repeat(50_000)}">`).links;
    expect(link).toMatchObject({ problem: 'unsupported_scheme', type: 'image' });
    expect(link?.rawHref).toHaveLength(128);
  });

  it('the same reference resolves by its own page, directory and query', () => {
    const html = '<a href="x"></a><a href="?y"></a><a href="/z"></a>';
    expect(targets(html, { url: 'https://site.example/a/p' })).toEqual([
      'https://site.example/a/x',
      'https://site.example/a/p?y',
      'https://site.example/z',
    ]);
    expect(targets(html, { url: 'https://site.example/b/p?n=/deep/' })).toEqual([
      'https://site.example/b/x',
      'https://site.example/b/p?y',
      'https://site.example/z',
    ]);
    expect(targets('<a href="?y"></a><a href=" "></a>', { url: 'https://site.example/a/other' })).toEqual([
      'https://site.example/a/other?y',
      'https://site.example/a/other',
    ]);
    expect(targets(html, { url: 'http://other.example/b/q' })).toEqual([
      'http://other.example/b/x',
      'http://other.example/b/q?y',
      'http://other.example/z',
    ]);
  });
});

describe('base (M04)', () => {
  it('holds for links before and behind it', () => {
    const html = '<a href="a"></a><base href="/other/"><a href="b"></a><a href="#c"></a>';
    const page = parse(html);
    expect(page.document.baseUrl).toBe('https://site.example/other/');
    expect(page.links.map(({ targetUrl }) => targetUrl)).toEqual([
      'https://site.example/other/a',
      'https://site.example/other/b',
      'https://site.example/other/',
    ]);
  });

  it.each([
    ['<base href="http://evil.example/"><base href="/second/">', 'http://evil.example/x'],
    ['<base href="javascript:alert(1)"><base href="/second/">', 'https://site.example/second/x'],
    ['<base href="data:,"><base target=_top>', 'https://site.example/dir/x'],
    ['<base href="http://[">', 'https://site.example/dir/x'],
    ['<svg><base href="/svg/"></svg>', 'https://site.example/dir/x'],
    ['<template><base href="/inert/"></template>', 'https://site.example/dir/x'],
  ])('%s', (base, target) => {
    expect(targets(`${base}<a href=x>`)).toEqual([target]);
  });

  it('leaves references from response headers alone', () => {
    const page = parse('<base href="/other/">', { headers: [['Link', '<c>; rel=canonical']] });
    expect(page.indexing.canonicals[0]?.targetUrl).toBe('https://site.example/dir/c');
  });
});

describe('link kinds', () => {
  it.each([
    ['<area href=/x alt="Map">', 'hyperlink'],
    ['<iframe src=/x></iframe>', 'iframe'],
    ['<frameset><frame src=/x></frameset>', 'iframe'],
    ['<img src=/x>', 'image'],
    ['<image src=/x>', 'image'],
    ['<input type=IMAGE src=/x>', 'image'],
    ['<video poster=/x></video>', 'image'],
    ['<svg><image xlink:href="/x"/></svg>', 'image'],
    ['<svg><use href="/x#icon"/></svg>', 'image'],
    ['<svg><a xlink:href="/x">t</a></svg>', 'hyperlink'],
    ['<math><mtext><a href="/x">t</a></mtext></math>', 'hyperlink'],
    ['<script src=/x></script>', 'script'],
    ['<link rel=stylesheet href=/x>', 'style'],
    ['<link rel="alternate stylesheet" hreflang=de href=/x>', 'style'],
    ['<link rel=canonical href=/x>', 'canonical'],
    ['<link rel=alternate hreflang=de href=/x>', 'hreflang'],
    ['<link rel=alternate type="application/rss+xml" href=/x>', 'alternate'],
    ['<link rel=next href=/x>', 'next'],
    ['<link rel=prev href=/x>', 'prev'],
    ['<link rel=amphtml href=/x>', 'amphtml'],
    ['<link rel="shortcut icon" href=/x>', 'icon'],
    ['<link rel=preload href=/x>', 'preload'],
    ['<link rel=sitemap href=/x>', 'sitemap'],
    ['<link rel=me href=/x>', 'other'],
    ['<form action=/x></form>', 'form'],
    ['<button formaction=/x></button>', 'form'],
    ['<video src=/x></video>', 'media'],
    ['<audio><source src=/x></audio>', 'media'],
    ['<object data=/x></object>', 'object'],
    ['<embed src=/x>', 'embed'],
    ['<meta http-equiv=Refresh content="0; url=/x">', 'redirect'],
    ['<meta property="og:image" content="/x">', 'og_image'],
    ['<noscript><a href=/x>t</a></noscript>', 'hyperlink'],
    ['<template shadowrootmode=open><a href=/x>t</a></template>', 'hyperlink'],
  ])('%s', (html, type) => {
    expect(parse(html).links).toMatchObject([{ type, targetUrl: 'https://site.example/x' }]);
  });

  it.each([
    '<a name=x>t</a>',
    '<img alt=x>',
    '<link href=/x>',
    '<form></form>',
    '<script>document.write("<a href=/x>")</script>',
    '<style><a href=/x></style>',
    '<!-- <a href=/x> -->',
    '<textarea><a href=/x></textarea>',
    '<title><a href=/x></title>',
    '<xmp><a href=/x></xmp>',
    '<iframe><a href=/x></iframe>',
    '<template><a href=/x>t</a><img src=/x></template>',
    '<svg><use href="#icon"/><iframe src=/x></iframe></svg>',
    '<meta http-equiv=refresh content="30">',
  ])('%s holds no link', (html) => {
    expect(parse(html).links).toEqual([]);
  });

  it('each offer of a srcset is a link, and the image counts once (M12)', () => {
    const html = '<img src=/a srcset="/b 1x, /c,d 2x,/e 3x" alt="">';
    const page = parse(html);
    expect(page.links.map(({ rawHref }) => rawHref)).toEqual(['/a', '/b', '/c,d', '/e']);
    expect(page.images).toMatchObject({ count: 1, missingAlt: 0, emptyAlt: 1 });
  });

  it('only anchors, areas and frames are crawled', () => {
    const html = '<a href=/a><area href=/b><img src=/c><link rel=next href=/d><iframe src=/e></iframe>';
    const crawled = parse(html).links.filter(isCrawlableLink);
    expect(crawled.map(({ rawHref }) => rawHref)).toEqual(['/a', '/b', '/e']);
  });

  it('rel tokens decide following (M09)', () => {
    const html =
      '<a href=1 rel="NoFollow  external nofollow">a</a><a href=2 rel=ugc>b</a><a href=3 rel=sponsored>c</a><a href=4 rel=noopener>d</a>';
    expect(parse(html).links).toMatchObject([
      { rel: ['nofollow', 'external'], follow: false },
      { follow: false },
      { follow: false },
      { rel: ['noopener'], follow: true },
    ]);
  });

  it('anchor text is collapsed, joined over inline tags and split at blocks', () => {
    const html = '<a href=x> Read\n <b>mo</b>re<div>now</div>&nbsp;&amp; go </a>rest';
    expect(parse(html).links[0]?.anchorText).toBe('Read more now & go');
  });

  it('the first image with a text speaks for its anchor', () => {
    const html = '<a href=x><img alt=""><img alt=" Logo "><img alt="Other"></a><img alt=outside>';
    expect(parse(html).links[0]?.altText).toBe('Logo');
  });
});

describe('positions', () => {
  it.each([
    ['<nav>@</nav>', 'nav'],
    ['<header>@</header>', 'header'],
    ['<footer>@</footer>', 'footer'],
    ['<aside>@</aside>', 'aside'],
    ['<main>@</main>', 'content'],
    ['@', 'content'],
    ['<header><nav>@</nav></header>', 'nav'],
    ['<header><nav></nav>@</header>', 'header'],
    ['<nav></nav>@', 'content'],
    ['<article><header>@</header></article>', 'content'],
    ['<div role=navigation><div></div>@</div>', 'nav'],
    ['<div role=navigation><div></div></div>@', 'content'],
    ['<div role=" ContentInfo ">@</div>', 'footer'],
    ['<nav role=presentation>@</nav>', 'nav'],
    ['<nav><ul><li>a<li>@</nav>', 'nav'],
    ['<nav><div><p>open</nav>@', 'content'],
    ['<nav><table><tr><td></nav>@</table></nav>', 'nav'],
    [`${'<div>'.repeat(2_000)}${'</div>'.repeat(2_000)}<nav>@</nav>`, 'nav'],
  ])('%.60s', (html, position) => {
    const { links } = parse(html.replace('@', '<a href=x>t</a>'));
    expect(links).toMatchObject([{ position }]);
  });
});

describe('head and headings', () => {
  it('records all titles and descriptions, and whether they stand in the head', () => {
    const page = parse(
      '<html lang="de-AT"><head><title> One &amp;\n two </title><meta name=Description content=" First ">' +
        '</head><meta name=description content=Second><body><title>Late</title><svg><title>Icon</title></svg>',
    );
    expect(page.head.titles).toEqual({
      items: [
        { text: 'One & two', length: 9, inHead: true },
        { text: 'Late', length: 4, inHead: false },
      ],
      count: 2,
    });
    expect(page.head.descriptions.items).toMatchObject([
      { text: 'First', inHead: true },
      { text: 'Second', inHead: true },
    ]);
    expect(page.document.lang).toBe('de-AT');
  });

  it.each(['<p>', 'text', '<img>', '<body>', '<unknown-element>'])('%s begins the body', (html) => {
    const page = parse(`<head>${html}<link rel=canonical href=/c>`);
    expect(page.indexing.canonicals).toMatchObject([{ inHead: false }]);
  });

  it('a hostile title is stored as text, cut to 1,024 (M05)', () => {
    const hostile = '"><img onerror=alert(1)> \u202egnp.exe';
    expect(texts(parse(`<title>${hostile}</title>`).head.titles)).toEqual([hostile]);
    const huge = parse(`<title>${'😀'.repeat(500_000)}</title>`).head.titles.items[0];
    expect(huge?.text).toBe('😀'.repeat(512));
    expect(parse(`<title>x${'😀'.repeat(1_000)}</title>`).head.titles.items[0]?.text).toHaveLength(1_023);
  });

  it('headings end where the next begins', () => {
    const page = parse('<h1>One <em>big</em></h1><h1>Two<h2>Sub<br>title</h2><h3>no</h3><h2>End');
    expect(texts(page.headings.h1s)).toEqual(['One big', 'Two']);
    expect(texts(page.headings.h2s)).toEqual(['Sub title', 'End']);
  });

  it('long lists are counted beyond what is kept', () => {
    const page = parse('<h2>x</h2>'.repeat(1_000));
    expect(page.headings.h2s.count).toBe(1_000);
    expect(page.headings.h2s.items).toHaveLength(200);
  });

  it('Open Graph, Twitter, generator and viewport', () => {
    const page = parse(
      '<meta property="og:title" content="T"><meta name="og:type" content="a"><meta name="twitter:card" content="summary">' +
        '<meta name=generator content="Gen 1"><meta name=viewport content="width=device-width">' +
        '<meta property="__proto__" content="x"><meta name="og:__proto__" content="y">',
    );
    expect(page.head.openGraph).toEqual([
      { name: 'og:title', content: 'T' },
      { name: 'og:type', content: 'a' },
      { name: 'og:__proto__', content: 'y' },
    ]);
    expect(page.head.twitterCard).toBe('summary');
    expect(page.document).toMatchObject({ generator: 'Gen 1', viewport: 'width=device-width' });
  });
});

describe('indexing (M08, M09)', () => {
  it('canonicals and hreflangs come from HTML and headers', () => {
    const page = parse(
      '<link rel=canonical href="/c2"><link rel=alternate hreflang=DE-at href="https://at.example/">',
      {
        headers: [
          ['link', '<https://site.example/c1>; rel="canonical", </fr>; rel=alternate; hreflang="fr"'],
          ['LINK', '</style.css>; rel=preload; as=style'],
        ],
      },
    );
    expect(page.indexing.canonicals).toEqual([
      {
        rawHref: 'https://site.example/c1',
        targetUrl: 'https://site.example/c1',
        problem: null,
        source: 'header',
        inHead: true,
      },
      { rawHref: '/c2', targetUrl: 'https://site.example/c2', problem: null, source: 'html', inHead: true },
    ]);
    expect(page.indexing.hreflangs).toMatchObject([
      { code: 'fr', targetUrl: 'https://site.example/fr', source: 'header' },
      { code: 'de-at', targetUrl: 'https://at.example/', source: 'html' },
    ]);
    expect(page.links.map(({ ordinal, type }) => `${ordinal} ${type}`)).toEqual([
      '0 canonical',
      '1 hreflang',
      '2 preload',
      '3 canonical',
      '4 hreflang',
    ]);
  });

  it('robots directives are kept per source and agent', () => {
    const page = parse(
      '<meta name=ROBOTS content="NoIndex, follow"><meta name=googlebot content=nofollow><meta name=author content=me>',
      { headers: [['X-Robots-Tag', 'noarchive, bingbot: none']] },
    );
    expect(page.indexing.robots).toEqual([
      { source: 'header', agent: '*', directives: ['noarchive'] },
      { source: 'header', agent: 'bingbot', directives: ['none'] },
      { source: 'meta', agent: '*', directives: ['noindex', 'follow'] },
      { source: 'meta', agent: 'googlebot', directives: ['nofollow'] },
    ]);
  });

  it('the header refresh goes before that of the document', () => {
    const html = '<meta http-equiv=refresh content="5;URL=\'next\'">';
    expect(parse(html).indexing.refresh).toMatchObject({
      source: 'meta',
      delaySeconds: 5,
      targetUrl: 'https://site.example/dir/next',
    });
    const page = parse(html, { headers: [['Refresh', '0; /h']] });
    expect(page.indexing.refresh).toMatchObject({ source: 'header', targetUrl: 'https://site.example/h' });
  });
});

describe('visible text', () => {
  function hash(text: string): string {
    return createHash('sha256').update(text).digest('hex');
  }

  it.each([
    ['<p>One two</p><p>three</p>', 'One two three', 3],
    ['a<b>b</b>c d<br>e', 'abc d e', 3],
    ['<head><title>no</title><style>no</style></head>yes<script>no</script>', 'yes', 1],
    [
      '<noscript>no</noscript><textarea>no</textarea><template>no</template><svg><desc>no</desc></svg>',
      '',
      0,
    ],
    ['&lt;tag&gt; &mdash; &nbsp; x', '<tag> — x', 2],
    ['don’t - stop', 'don’t - stop', 2],
    ['漢字 かな text', '漢字 かな text', 5],
    ['A😀B 😀', 'A😀B 😀', 1],
    ['nul\0l', 'null', 1],
    ['  \n ', '', 0],
  ])('%s', (html, visible, wordCount) => {
    expect(parse(html).text).toMatchObject({
      wordCount,
      length: [...visible].length,
      contentHash: hash(visible),
    });
  });

  it('a long text is hashed whole', () => {
    const visible = Array.from({ length: 30_000 }, (_, i) => `wört${i}`).join(' ');
    const { text } = parse(`<p>${visible.replaceAll(' ', '\n  ')}</p>`);
    expect(text).toMatchObject({ wordCount: 30_000, length: visible.length, contentHash: hash(visible) });
  });
});

describe('malformed documents (M07)', () => {
  it.each<readonly [string, readonly string[]]>([
    ['<a href=/1>a<a href=/2>b', ['/1', '/2']],
    ['<a href=/1', []],
    ['<a href="/1', []],
    ['<a href=/1>', ['/1']],
    ['<a href="/1"href="/2"class=x>', ['/1']],
    ['<a/href=/1>', ['/1']],
    ['<a\0 href=/1>', []],
    ['<a hr\0ef=/1>', []],
    ['<table><a href=/1>x<tr><td><a href=/2>y</table><a href=/3>', ['/1', '/2', '/3']],
    ['<a href=/1><plaintext><a href=/2>', ['/1']],
    ['<!--><a href=/1>-->', ['/1']],
    ['<!-- x --!><a href=/1>', ['/1']],
    ['<![CDATA[<a href=/1>]]><a href=/2>', ['/2']],
    ['<?php <a href=/1> ?><a href=/2>', ['/2']],
    ['</><a href=/1></ b><a href=/2>', ['/1', '/2']],
    ['<svg><script><a href="/1"></a></script></svg>', ['/1']],
    ['<svg><p><style><a href=/1></style><a href=/2>', ['/2']],
    ['<form action=/1><form action=/2></form><form action=/3>', ['/1', '/3']],
    ['<<a href=/1>>', ['/1']],
  ])('%j', (html, hrefs) => {
    expect(parse(html).links.map(({ rawHref }) => rawHref)).toEqual(hrefs);
  });

  it('a NUL in an address becomes U+FFFD, as in a browser', () => {
    expect(targets('<a href="/a\0b">')).toEqual(['https://site.example/a%EF%BF%BDb']);
  });

  it('an anchor without end holds the text up to the next cell or anchor', () => {
    const html = '<table><tr><td><a href=/1>one<td>two</table><a href=/2>three<a href=/3>four';
    expect(parse(html).links.map(({ anchorText }) => anchorText)).toEqual(['one', 'three', 'four']);
  });

  it.each([
    ['', 'default'],
    ['\ufeff', 'bom'],
    ['x', 'default'],
  ])('a body of %j is a page (E09)', (body, source) => {
    const page = parse(body, { contentType: null });
    expect(page.links).toEqual([]);
    expect(page.document.charset).toEqual({ name: 'utf-8', source });
    expect(page.text.length).toBe(body === 'x' ? 1 : 0);
  });
});

describe('limits', () => {
  it('links beyond the cap are counted (M02)', () => {
    const page = parse('<a href=x>t</a>'.repeat(12_345));
    expect(page.links).toHaveLength(10_000);
    expect(page.linksTruncated).toBe(2_345);
    expect(parse('<a href=x>'.repeat(5), { maxLinks: 2 }).linksTruncated).toBe(3);
  });

  it('beyond the cap a page not linked before takes the place of a repeat', () => {
    const html =
      '<a href=a#1>1</a><a href=a#2>2</a><a href=b>3</a><a href=a#4>4</a><a href=c>5</a><a href=d>6</a>';
    const page = parse(html, { maxLinks: 3 });
    expect(page.links.map(({ ordinal, rawHref, anchorText }) => [ordinal, rawHref, anchorText])).toEqual([
      [0, 'a#1', '1'],
      [2, 'b', '3'],
      [4, 'c', '5'],
    ]);
    expect(page.linksTruncated).toBe(3);
  });

  it('a million nested elements are read in linear time (M01)', () => {
    const html = `${'<div>'.repeat(1_000_000)}<a href=/deep>x</a>${'</nav>'.repeat(100_000)}`;
    expect(targets(html)).toEqual(['https://site.example/deep']);
  });

  it('a text of 20 MB and an attribute of 10 MB pass (M03)', () => {
    const html = `<p title="${'x'.repeat(10_000_000)}">${'word '.repeat(4_000_000)}</p><a href=/end>`;
    const page = parse(html);
    expect(page.text.wordCount).toBe(4_000_000);
    expect(page.links[0]?.rawHref).toBe('/end');
  });

  it('end returns the same record again, and later bytes are ignored', () => {
    const parser = createPageParser({ url: URL, contentType: null, headers: [] });
    parser.write(Buffer.from('<title>a</title>'));
    const first = parser.end();
    parser.write(Buffer.from('<title>b</title>'));
    expect(parser.end()).toBe(first);
    expect(first.head.titles.count).toBe(1);
  });

  it('the caller may use the memory of a chunk again', () => {
    const parser = createPageParser({ url: URL, contentType: null, headers: [] });
    const chunk = Buffer.from('<title>a</title>');
    parser.write(chunk);
    chunk.fill(0x20);
    expect(texts(parser.end().head.titles)).toEqual(['a']);
  });
});
