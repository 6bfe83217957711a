import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Place, Slice } from '@outrider/db';
import { type Cell, csvLine } from './csv-line.js';

type ExportFormat = 'csv' | 'ndjson';

/** An item of a list that becomes a file. What is more than a value, such as an error's context, is JSON in a cell. */
export type ExportedRow = Readonly<Record<string, Cell | Readonly<Record<string, unknown>>>>;

/** A list that becomes a file. */
export interface ExportedList<T> {
  readonly format: ExportFormat;
  /** Without its ending. */
  readonly fileName: string;
  /** The names of the columns, in their order, each a field of an item. */
  readonly columns: readonly (keyof T & string)[];
  /** Reads a part of the list after a place; each in a transaction of its own, so that no connection waits for a client. */
  readonly readPart: (after: Place | null) => Promise<Slice<T>>;
}

const MEDIA_TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
} as const;
/** How long a client may take to make room, in milliseconds. */
const ROOM_LIMIT_MS = 60_000;

/**
 * Writes a whole list as CSV or as a JSON object a line, a part at a time: the next is read when the client has taken
 * the one before, so that memory is that of one part, whatever the length. The first part is read before anything is
 * sent, and rejects as any request would; an error later ends the connection, which no client takes for the end of the
 * file, since its length was never told.
 */
export async function writeExport<T extends ExportedRow>(
  list: ExportedList<T>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const first = await list.readPart(null);
  response.writeHead(200, {
    'Content-Type': MEDIA_TYPES[list.format],
    'Content-Disposition': `attachment; filename="${list.fileName}.${list.format}"`,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  try {
    await writeParts(list, first, response);
  } catch (error) {
    response.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

async function writeParts<T extends ExportedRow>(
  list: ExportedList<T>,
  first: Slice<T>,
  response: ServerResponse,
): Promise<void> {
  if (list.format === 'csv') await write(response, csvLine(list.columns));
  for (let part = first; ; part = await list.readPart(part.next)) {
    const text = part.items.map((item) => lineOf(list, item)).join('');
    await write(response, text);
    if (part.next === null || response.destroyed) break;
  }
  response.end();
}

function lineOf<T extends ExportedRow>({ format, columns }: ExportedList<T>, item: T): string {
  return format === 'csv'
    ? csvLine(columns.map((column) => cellOf(item[column])))
    : `${JSON.stringify(item)}\n`;
}

function cellOf(value: ExportedRow[string] | undefined): Cell {
  if (value === undefined) return null;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** Resolves when there is room for more, or nobody is there any more; rejects when a client takes too long. */
async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || text === '' || response.write(text)) return;
  const answered = new AbortController();
  const signal = AbortSignal.any([answered.signal, AbortSignal.timeout(ROOM_LIMIT_MS)]);
  try {
    await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  } finally {
    answered.abort();
  }
}
