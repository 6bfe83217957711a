import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRobots } from './robots-rules.js';

const BOT = 'OutriderBot';

function allows(robots: string, path: string, token: string = BOT): boolean {
  return parseRobots(robots).decide(token, `https://site.example${path}`).allowed;
}

/** file, path, allowed */
type Case = readonly [file: string, path: string, allowed: boolean];

function star(...rules: readonly string[]): string {
  return ['User-agent: *', ...rules].join('\n');
}

describe('path matching', () => {
  const cases: readonly Case[] = [
    [star('Disallow: /a'), '/a', false],
    [star('Disallow: /a'), '/ab/c?d', false],
    [star('Disallow: /a'), '/A', true],
    [star('Disallow: /a'), '/b', true],
    [star('Disallow: /'), '/', false],
    [star('Disallow:'), '/anything', true],
    [star('Disallow: /', 'Allow: /public'), '/public/x', true],
    [star('Allow: /page', 'Disallow: /page'), '/page', true],
    [star('Disallow: /page', 'Allow: /page'), '/page', true],
    [star('Allow: /p', 'Disallow: /page'), '/page', false],
    [star('Disallow: *.gif$'), '/a/b.gif', false],
    [star('Disallow: *.gif$'), '/a/b.gif?x', true],
    [star('Disallow: /*.php'), '/x/y.php?z', false],
    [star('Disallow: /*.php$'), '/x/y.php', false],
    [star('Disallow: /*.php$'), '/x/y.php.php', false],
    [star('Disallow: /*.php$'), '/x.php/y', true],
    [star('Disallow: /fish*'), '/fish', false],
    [star('Disallow: /a*b*c$'), '/abbc', false],
    [star('Disallow: /a*b*c$'), '/abbcd', true],
    [star('Disallow: /*ab$'), '/ab', false],
    [star('Disallow: /ab*ab$'), '/ab', true],
    [star('Disallow: /$'), '/', false],
    [star('Disallow: /$'), '/x', true],
    [star('Disallow: /a$b'), '/a$b', false],
    [star('Disallow: /q?id='), '/q?id=1', false],
    [star('Disallow: nothing'), '/nothing', true],
    [star('Disallow: /'), '/robots.txt', true],
  ];
  it.each(cases)('%j on %s: %s', (file, path, allowed) => {
    expect(allows(file, path)).toBe(allowed);
  });
});

describe('the examples of RFC 9309', () => {
  // Section 2.2.2: path in the file, path of the URL, and that the two match.
  it.each([
    ['/foo/bar?baz=quz', '/foo/bar?baz=quz'],
    ['/foo/bar?baz=https://foo.bar', '/foo/bar?baz=https://foo.bar'],
    ['/foo/bar/ツ', '/foo/bar/%E3%83%84'],
    ['/foo/bar/%E3%83%84', '/foo/bar/%E3%83%84'],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz'],
    // Section 2.2.3.
    ['/path/file-with-a-%2A.html', '/path/file-with-a-*.html'],
    ['/path/foo-%24', '/path/foo-$'],
  ])('%s matches %s', (pattern, path) => {
    expect(allows(star(`Disallow: ${pattern}`), path)).toBe(false);
  });

  const simple = `User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
`;
  // Section 5.1.
  it.each([
    ['foobot', '/other', false],
    ['foobot', '/example/page.html', true],
    ['foobot', '/example/allowed.gif', true],
    ['barbot', '/example/page.html', false],
    ['bazbot', '/example/page.html', false],
    ['bazbot', '/example/other.gif', true],
    ['quxbot', '/example/page.html', true],
    ['otherbot', '/x.gif', false],
    ['otherbot', '/example/', false],
    ['otherbot', '/publications/', true],
  ])('5.1: %s on %s: %s', (token, path, allowed) => {
    expect(allows(simple, path, token)).toBe(allowed);
  });

  it('5.2: the longest match decides', () => {
    const file = 'User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n';
    expect(allows(file, '/example/page/disallowed.gif', 'foobot')).toBe(false);
    expect(allows(file, '/example/page/x', 'foobot')).toBe(true);
  });

  it('2.2.1: groups of one crawler are merged', () => {
    const file =
      'user-agent: ExampleBot\ndisallow: /foo\ndisallow: /bar\n\nuser-agent: ExampleBot\ndisallow: /baz\n';
    for (const path of ['/foo', '/bar', '/baz']) expect(allows(file, path, 'ExampleBot')).toBe(false);
    expect(allows(file, '/qux', 'ExampleBot')).toBe(true);
  });
});

describe('escapes (B06)', () => {
  it.each<Case>([
    [star('Disallow: /a%2fb'), '/a%2Fb', false],
    [star('Disallow: /a%2fb'), '/a/b', true],
    [star('Disallow: /a/b'), '/a%2Fb', true],
    [star('Disallow: /%7euser'), '/~user', false],
    [star('Disallow: /caf%c3%a9'), '/caf%C3%A9', false],
    [star('Disallow: /café'), '/caf%C3%A9', false],
    [star('Disallow: /100%'), '/100%', false],
  ])('%j on %s: %s', (file, path, allowed) => {
    expect(allows(file, path)).toBe(allowed);
  });
});

describe('groups (B07, B08)', () => {
  it('the product token is compared without case and without version', () => {
    const file = 'User-agent: outriderBOT/1.0 (+https://site.example)\nDisallow: /x\n';
    expect(allows(file, '/x')).toBe(false);
  });

  it('the most specific token is used, and only its group', () => {
    const file = `User-agent: Googlebot
Disallow: /bot
User-agent: Googlebot-News
Disallow: /news
User-agent: *
Disallow: /all`;
    expect(allows(file, '/news', 'Googlebot-News')).toBe(false);
    expect(allows(file, '/bot', 'Googlebot-News')).toBe(true);
    expect(allows(file, '/bot', 'Googlebot-Image')).toBe(false);
    expect(allows(file, '/all', 'Googlebot')).toBe(true);
    expect(allows(file, '/all', 'Google')).toBe(false);
  });

  it('a token is no prefix of another word', () => {
    expect(allows('User-agent: Outrider\nDisallow: /', '/x', 'OutriderBot')).toBe(true);
  });

  it('rules before any user-agent and unknown directives are passed over', () => {
    const file =
      'Disallow: /a\nUser-agent: *\nNoindex: /b\nHost: x\nwords without a colon\n: /c\nDisallow: /d';
    expect(['/a', '/b', '/c', '/d'].map((path) => allows(file, path))).toEqual([true, true, true, false]);
  });

  it('other directives between user-agent lines do not split their group', () => {
    const file =
      'User-agent: a\nSitemap: https://site.example/s.xml\nCrawl-delay: 3\nUser-agent: b\nDisallow: /x';
    expect([allows(file, '/x', 'a'), allows(file, '/x', 'b')]).toEqual([false, false]);
  });

  it('names the line that decided, without its comment', () => {
    const file = '# head\r\nUser-agent: *\r\n\r\nDisallow: /secret # hands off\r\n';
    const decision = parseRobots(file).decide(BOT, 'https://site.example/secret/1');
    expect(decision).toEqual({ allowed: false, rule: { line: 4, text: 'Disallow: /secret' } });
    expect(parseRobots(file).decide(BOT, 'https://site.example/').rule).toBeNull();
  });

  it('an origin without a path counts as its root', () => {
    const robots = parseRobots(star('Disallow: /$', 'Disallow: /?q'));
    expect(robots.decide(BOT, 'https://site.example').allowed).toBe(false);
    expect(robots.decide(BOT, 'https://site.example?q=1').allowed).toBe(false);
    expect(robots.decide(BOT, 'https://site.example/a#/$').allowed).toBe(true);
  });
});

describe('broken files (B03, B05)', () => {
  const utf16le = Buffer.from('\ufeffUser-agent: *\nDisallow: /x', 'utf16le');
  it.each<readonly [string, string | Uint8Array]>([
    ['a byte order mark', Buffer.from('\ufeffUser-agent: *\nDisallow: /x')],
    ['a byte order mark in text', '\ufeffUser-agent: *\nDisallow: /x'],
    ['CR line ends', 'User-agent: *\rDisallow: /x\r'],
    ['mixed line ends', 'User-agent: *\r\n\n\rDisallow: /x'],
    ['NULs', 'User-\0agent: *\nDis\0allow: /x\0'],
    ['UTF-16 LE', utf16le],
    ['UTF-16 BE', Buffer.from(utf16le).swap16()],
    ['no UTF-8', Buffer.from('User-agent: *\n# caf\xe9 \xff\nDisallow: /x', 'latin1')],
    ['spaces everywhere', '  USER-AGENT  :  *  \n\t disallow\t:\t/x  '],
  ])('reads a file with %s', (_, file) => {
    expect(parseRobots(file).decide(BOT, 'https://site.example/x').allowed).toBe(false);
  });

  it('an HTML page holds no rules', () => {
    const page = '\n <!doctype html><pre>\nUser-agent: *\nDisallow: /\nSitemap: /s.xml\n</pre>';
    expect(allows(page, '/x')).toBe(true);
    expect(parseRobots(page).sitemaps).toEqual([]);
  });

  it('an empty file allows everything', () => {
    expect(allows('', '/x')).toBe(true);
  });

  it('a last line that was cut is dropped, a whole one kept', () => {
    const cut = parseRobots('User-agent: *\nDisallow: /private\nDisallow: /p', { truncated: true });
    expect(cut.decide(BOT, 'https://site.example/public').allowed).toBe(true);
    const whole = parseRobots('User-agent: *\nDisallow: /p\n', { truncated: true });
    expect(whole.decide(BOT, 'https://site.example/public').allowed).toBe(false);
  });

  it('any input parses and decides', () => {
    const piece = fc.constantFrom(
      'User-agent: *\n',
      'Disallow: ',
      'Allow: ',
      '/*a',
      '$',
      '%2',
      '\r',
      '#',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' }))), fc.webUrl(), (parts, url) => {
        const robots = parseRobots(parts.join(''));
        expect(typeof robots.decide(BOT, url).allowed).toBe('boolean');
      }),
    );
  });
});

describe('Crawl-delay (B09) and Sitemap', () => {
  it.each([
    ['0.5', 0.5],
    ['10', 10],
    ['.5', 0.5],
    ['0', 0],
    ['86400', 60],
    ['abc', null],
    ['-1', null],
    ['1e3', null],
    ['10s', null],
    ['Infinity', null],
    ['', null],
  ])('%s gives %s', (value, seconds) => {
    expect(parseRobots(star(`Crawl-delay: ${value}`)).crawlDelaySeconds(BOT)).toBe(seconds);
  });

  it('a delay holds for its own group only', () => {
    const robots = parseRobots('User-agent: a\nCrawl-delay: 5\n\nUser-agent: b\nDisallow: /x');
    expect(robots.crawlDelaySeconds('a')).toBe(5);
    const after = parseRobots('User-agent: a\nDisallow: /\nCrawl-delay: 5\nUser-agent: b\nDisallow: /x');
    expect(after.crawlDelaySeconds('b')).toBeNull();
    expect(after.crawlDelaySeconds('c')).toBeNull();
  });

  it('sitemaps count wherever they stand, once each', () => {
    const robots = parseRobots(
      'sitemap: https://a.example/1.xml\nUser-agent: x\nSITEMAP:https://a.example/2.xml # main\nSitemap:\nSitemap: https://a.example/1.xml',
    );
    expect(robots.sitemaps).toEqual(['https://a.example/1.xml', 'https://a.example/2.xml']);
  });
});

describe('hostile patterns (B12)', () => {
  /** Best of several runs, so that a busy machine does not decide the test. */
  function bestMs(run: () => void): number {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 15; i++) {
      const start = performance.now();
      run();
      best = Math.min(best, performance.now() - start);
    }
    return best;
  }

  it('a thousand wildcards on a path of 8 kB are decided in under 5 ms', () => {
    const robots = parseRobots(star(`Disallow: /${'*a'.repeat(1_000)}*b$`));
    const url = `https://site.example/${'a'.repeat(8_192)}`;
    expect(robots.decide(BOT, url).allowed).toBe(true);
    expect(bestMs(() => robots.decide(BOT, url))).toBeLessThan(5);
  });

  it('a thousand hostile rules on a path of 8 kB are decided in under 5 ms', () => {
    const rules = Array.from({ length: 1_000 }, (_, i) => `Disallow: /${'*a'.repeat(40)}*b${i}`);
    const robots = parseRobots(star(...rules));
    const url = `https://site.example/${'a'.repeat(8_192)}`;
    expect(robots.decide(BOT, url).allowed).toBe(true);
    expect(bestMs(() => robots.decide(BOT, url))).toBeLessThan(5);
  });
});
