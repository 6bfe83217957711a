import { readDocumentedTable } from '@outrider/shared/testing';
import { expect, it } from 'vitest';
import { parsePage } from '../testing/test-target.js';
import { storedPage } from './stored-page.js';

/** A document, on https, that has every field. */
const RICH = `<!doctype html><html lang=en><head><meta charset=utf-8><base href=/b/><title>t</title>
  <meta name=description content=d><meta name=generator content=g><meta name=viewport content=v>
  <meta http-equiv=content-language content=en><meta http-equiv=refresh content="5; url=/r">
  <meta name=robots content=nofollow><link rel=canonical href=/c><link rel=alternate hreflang=en href=/page>
  <link rel=alternate hreflang=x-default href=/d><link rel=alternate hreflang=en-uk href=/uk>
  <link rel=alternate hreflang=de href=/de><link rel=alternate hreflang=de href="x:">
  <link rel=icon href=/i><link rel=amphtml href=/a><link rel=next href=/n><link rel=prev href=/p>
  <link rel=stylesheet href=/s.css><link rel=preload as=font href=/f.woff2>
  <meta property=og:title content=o><meta name=twitter:card content=summary>
  <script src=http://cdn.b.test/x.js></script><script>1</script>
  <script type=application/ld+json>{"@context":"https://schema.org","@type":"A"}</script>
  <script type=application/ld+json>{</script><div></div></head>
  <meta name=robots content=noarchive><link rel=alternate hreflang=fr href=/fr><body><h1>One.</h1><h2>Two</h2><img src=http://c.test/i.png><img alt="">
  <p itemtype=x></p><iframe src=/f></iframe><video src=/v></video><form action=http://a.test/f></form><main>Text`;

/** Paths of all leaves, items of lists as \`[]\`. */
function paths(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => paths(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
    paths(field, path === '' ? name : `${path}.${name}`),
  );
}

it('docs/page-fields.md describes every field that is stored, and no other', () => {
  const url = 'https://a.test/page';
  const content = { ...parsePage(url, RICH), linksTruncated: 1 };
  const counts = { uniqueInternal: 1, uniqueExternal: 1, nofollow: 1 };
  const page = storedPage(url, content, 'OutriderBot', counts, (one) => one);
  const documented = readDocumentedTable('page-fields.md', 'Groups of page').map((row) => row['Field']);
  // Every kind of problem and place out of the head has a field of its own elsewhere.
  const stored = new Set(
    paths(page, '').filter((path) => !path.endsWith('.problem') || path.includes('errors')),
  );
  expect([...stored].sort()).toEqual([...documented].sort());
});
