import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SitemapBody } from './sitemap-body.js';
import type { SitemapEntry } from './sitemap-entry.js';
import { SitemapReader, type SitemapReport } from './sitemap-reader.js';

/** How a file too large for a fixture is made. */
interface Generate {
  /** `/0`, `/1` and so on. */
  readonly entries?: number;
  /** This much after the first entry. */
  readonly paddingBytes?: number;
  readonly padding?: 'text' | 'comment';
  /** A text file with a URL and then one line of this many letters; `after`: and then another URL. */
  readonly line?: number;
  readonly after?: boolean;
  /** A gzip header before bytes that are not compressed. */
  readonly garbage?: boolean;
  /** Entries without end. */
  readonly endless?: boolean;
}

interface Case {
  readonly id: string;
  readonly input: {
    readonly text?: string;
    readonly generate?: Generate;
    /** How often it is compressed. */
    readonly gzip?: number;
    /** In so many parts, each a member of the compressed file. */
    readonly members?: number;
    /** What follows the compressed file. */
    readonly trailing?: string;
    /** Only this many bytes of it come. */
    readonly prefixBytes?: number;
    readonly encoding?: BufferEncoding;
  };
  readonly expected: {
    readonly format: string | null;
    readonly problem: string | null;
    readonly locs?: readonly string[];
    readonly count?: number;
    /** Of each entry, the fields that matter here. */
    readonly entries?: readonly Readonly<Record<string, unknown>>[];
  };
}

const FILE = new URL('../../../../fixtures/bad-inputs/sitemaps.json', import.meta.url);
const CASES = (JSON.parse(readFileSync(FILE, 'utf8')) as readonly Case[]).filter(({ id }) =>
  id.startsWith('X'),
);
const NOW = Date.UTC(2026, 0, 1);
const PIECE = 65_536;

const entry = (n: number): string => `<url><loc>http://site.test/${n}</loc></url>`;

function* generated({
  entries = 0,
  paddingBytes = 0,
  padding,
  line,
  after,
  garbage,
  endless,
}: Generate): Generator<string> {
  if (garbage === true) {
    yield '\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03 this is not compressed';
    return;
  }
  if (line !== undefined) {
    yield 'http://site.test/0\n';
    for (let left = line; left > 0; left -= PIECE) yield 'x'.repeat(PIECE);
    if (after === true) yield '\nhttp://site.test/1\n';
    return;
  }
  yield '<urlset>';
  for (let n = 0; endless === true || n < entries; n++) {
    yield entry(n);
    if (n !== 0 || paddingBytes === 0) continue;
    if (padding === 'comment') yield '<!--';
    for (let left = paddingBytes; left > 0; left -= PIECE) yield 'x'.repeat(PIECE);
    if (padding === 'comment') yield '-->';
  }
  yield '</urlset>';
}

function* bytesOf({
  text,
  generate,
  gzip = 0,
  members = 1,
  trailing = '',
  prefixBytes,
  encoding = 'utf8',
}: Case['input']): Generator<Buffer> {
  const pieces =
    text === undefined ? generated(generate ?? {}) : [encoding === 'utf16le' ? `\ufeff${text}` : text];
  const plain = function* (): Generator<Buffer> {
    for (const piece of pieces) yield Buffer.from(piece, generate?.garbage === true ? 'latin1' : encoding);
  };
  if (gzip === 0) {
    yield* plain();
    return;
  }
  let bytes: Buffer = Buffer.concat([...plain()]);
  for (let layer = 0; layer < gzip; layer++) bytes = gzipFile(bytes, members);
  bytes = Buffer.concat([bytes, Buffer.from(trailing, 'latin1')]);
  bytes = bytes.subarray(0, prefixBytes);
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

function gzipFile(bytes: Buffer, members: number): Buffer {
  const size = Math.ceil(bytes.length / members);
  const parts = Array.from({ length: members }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
  return Buffer.concat(parts.map((part) => gzipSync(part, { level: 9 })));
}

async function read(
  input: Case['input'],
  cutAt?: number,
): Promise<{ report: SitemapReport; entries: SitemapEntry[] }> {
  const entries: SitemapEntry[] = [];
  const reader = new SitemapReader({ onEntry: (found) => entries.push(found), now: () => NOW });
  const body = new SitemapBody(reader);
  for (const piece of bytesOf(input)) {
    const size = cutAt ?? piece.length;
    for (let at = 0; at < piece.length && body.wantsMore; at += size)
      body.write(piece.subarray(at, at + size));
    if (!body.wantsMore) break;
  }
  body.end();
  return { report: await body.report(false), entries };
}

describe(`bad sitemaps (${CASES.length} cases)`, () => {
  it.each(CASES)('$id', async ({ input, expected }) => {
    const { report, entries } = await read(input);
    expect(report).toMatchObject({ format: expected.format });
    expect(report.problem?.code ?? null).toBe(expected.problem);
    expect(report.entries).toBe(entries.length);
    if (expected.locs !== undefined) expect(entries.map(({ loc }) => loc)).toEqual(expected.locs);
    if (expected.count !== undefined) expect(entries).toHaveLength(expected.count);
    const shown = JSON.parse(JSON.stringify(entries)) as object[];
    if (expected.entries !== undefined)
      expect(shown).toMatchObject(expected.entries.map((one) => ({ ...one })));
    if (expected.entries !== undefined) expect(entries).toHaveLength(expected.entries.length);
  });

  it.each(CASES.filter(({ input }) => input.text !== undefined))(
    '$id, a byte at a time',
    async ({ input, expected }) => {
      const whole = await read(input);
      const { report, entries } = await read(input, 1);
      expect(report.problem?.code ?? null).toBe(expected.problem);
      expect(entries).toEqual(whole.entries);
    },
  );
});
