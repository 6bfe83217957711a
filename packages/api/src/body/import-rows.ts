import { OutriderError } from '@outrider/shared';
import { type Options, parse } from 'csv-parse';
import type { BodyStream } from './body-stream.js';

/** Longer than any URL that is kept; more of a line is not held. */
const LONGEST_ROW = 10_000;

/** The lines of a text body that are not blank, without their ends. */
export async function* textRows(body: BodyStream): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of decodeUtf8(body)) {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = (lines.pop() ?? '').slice(0, LONGEST_ROW);
    for (const line of lines) if (line.trim() !== '') yield line.slice(0, LONGEST_ROW);
  }
  if (rest.trim() !== '') yield rest;
}

const CSV_OPTIONS: Options = {
  bom: true,
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  max_record_size: 100_000,
};

/**
 * One column of a CSV body: the one that the first row names `url`, or else the first, in which case the
 * first row is data. Throws `bad_request` for what cannot be read as CSV (RFC 4180).
 */
export async function* csvRows(body: BodyStream): AsyncGenerator<string> {
  const parser = parse(CSV_OPTIONS);
  const feeding = feed(body, parser);
  // Awaited below; a failure also ends the parser, and is thrown from there.
  feeding.catch(() => undefined);
  let column: number | null = null;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (column === null) {
        const named = record.findIndex((cell) => cell.trim().toLowerCase() === 'url');
        column = Math.max(named, 0);
        if (named !== -1) continue;
      }
      const cell = record[column] ?? '';
      if (cell.trim() !== '') yield cell;
    }
    await feeding;
  } catch (error) {
    if (error instanceof OutriderError) throw error;
    throw new OutriderError('bad_request', 'The body cannot be read as CSV.', { cause: error });
  }
}

async function feed(body: BodyStream, parser: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const chunk of body.chunks) {
      if (parser.destroyed) return;
      if (!parser.write(chunk)) await roomIn(parser);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** Resolves when the parser takes more, or never will: it has failed. */
function roomIn(parser: ReturnType<typeof parse>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      parser.off('drain', done).off('close', done);
      resolve();
    };
    parser.once('drain', done).once('close', done);
  });
}

async function* decodeUtf8(body: BodyStream): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of body.chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
