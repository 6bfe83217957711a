import { describe, expect, it } from 'vitest';
import { addressesIn, forbiddenIn } from '../../scripts/forbidden-code.mjs';

const SOURCE = 'packages/api/src/routes/x.ts';

describe('forbidden code', () => {
  it.each([
    ['got-scraping', "import { gotScraping } from 'got-scraping';"],
    ["Crawlee's robots reader", "import { RobotsTxtFile } from '@crawlee/utils';"],
    ['its older name', "import { RobotsFile } from '@crawlee/utils';"],
    ["Crawlee's sitemap reader", "import { Sitemap } from '@crawlee/utils';"],
    ['a multi-line import of it', "import {\n  BasicCrawler,\n  Sitemap,\n} from '@crawlee/basic';"],
    ['the global fetch', 'const answer = await fetch(url);'],
    ['globalThis.fetch', 'await globalThis.fetch(url);'],
    ['the environment', "const port = process.env['PORT'];"],
    ['raw HTML', '<p dangerouslySetInnerHTML={{ __html: title }} />'],
  ])('%s is found', (_name, code) => {
    expect(forbiddenIn(SOURCE, `// first line\n${code}\n`)).toHaveLength(1);
  });

  it('names the file and the line', () => {
    expect(forbiddenIn(SOURCE, "const a = 1;\n/* two\nlines */\nprocess.env['X'];\n")[0]).toMatch(
      /^packages\/api\/src\/routes\/x\.ts:4: /,
    );
  });

  it.each([
    ['a comment', '// fetch( is not for us, nor is process.env', SOURCE],
    ['a method called fetch', 'await client.fetch(url);', SOURCE],
    ['a longer name', 'await prefetch(url); class SitemapReader {}', SOURCE],
    ['a robots reader of our own', "import type { RobotsFile } from './robots-file.js';", SOURCE],
    ['the settings file', "process.env['PORT']", 'packages/api/src/settings.ts'],
    ['the guarded client', 'await fetch(url)', 'packages/crawler/src/fetch/guarded-client.ts'],
    ['a test', "fetch(url); process.env['PATH']", 'packages/api/src/routes/x.test.ts'],
  ])('%s is let through', (_name, code, path) => {
    expect(forbiddenIn(path, code)).toEqual([]);
  });

  it('is not hidden behind a URL in the same line', () => {
    expect(forbiddenIn(SOURCE, "const u = 'https://a/'; await fetch(u);")).toHaveLength(1);
  });
});

describe('the lock file', () => {
  it('may hold no addresses', () => {
    const clean = "  zod@4.0.0:\n    resolution: {integrity: sha512-x}\n  'pino-http@11.0.0':\n";
    expect(addressesIn(clean)).toEqual([]);
    expect(addressesIn(`${clean}    resolution: {tarball: https://mirror.example/zod.tgz}\n`)).toHaveLength(
      1,
    );
  });
});
