import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createPageParser } from './page-parser.js';

/** A document, or pieces of one with how often each is repeated, and what is recorded of it; links by target. */
interface BadPage {
  readonly id: string;
  readonly input: string | readonly (readonly [piece: string, times: number])[];
  readonly expected: { readonly links?: readonly string[] } & Readonly<Record<string, unknown>>;
}

const FILE = new URL('../../../../fixtures/bad-inputs/pages.json', import.meta.url);
const CASES = JSON.parse(readFileSync(FILE, 'utf8')) as readonly BadPage[];

it.each(CASES.map((badPage) => [badPage.id, badPage] as const))('%s', (_, { input, expected }) => {
  const parser = createPageParser({
    url: 'http://a.test/',
    contentType: 'text/html; charset=utf-8',
    headers: [],
  });
  const pieces = typeof input === 'string' ? [[input, 1] as const] : input;
  for (const [piece, times] of pieces) parser.write(Buffer.from(piece.repeat(times)));
  const page = parser.end();
  const { links, ...rest } = expected;
  expect(page).toMatchObject(rest);
  if (links !== undefined) {
    const crawled = page.links.filter(({ type }) => type === 'hyperlink' || type === 'image');
    expect(crawled.map(({ targetUrl }) => targetUrl)).toEqual(links);
  }
});
