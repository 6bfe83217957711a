// The program of a reading thread: parses documents and lays out records for the lanes of its worker, in the order
// in which answers come. Knows no network and no database.
import { parentPort } from 'node:worker_threads';
import { LaneRules } from './lane-rules.js';
import { ParsedDocument } from './parsed-document.js';
import type { SettledAnswer } from './reading.js';
import { readDocument, settleAnswer } from './settle-answer.js';
import type { DocumentPiece, FromReadingThread, SentAnswer, ToReadingThread } from './thread-messages.js';

const lanes = new Map<number, LaneRules>();
/** Documents of which a part is here. */
const documents = new Map<number, ParsedDocument>();

function take({ document, bytes, length, page }: DocumentPiece): ParsedDocument | null {
  const open = documents.get(document) ?? (page === null ? null : new ParsedDocument(page));
  if (open === null) return null;
  documents.set(document, open);
  open.write(new Uint8Array(bytes, 0, length));
  return open;
}

function settle(lane: number, answer: SentAnswer): SettledAnswer {
  const rules = lanes.get(lane);
  if (rules === undefined) throw new Error('an answer came for a lane that is not open');
  const { last } = answer;
  const document = last === null ? null : take(last);
  if (last !== null && document === null) throw new Error('a document came without its beginning');
  if (last !== null) documents.delete(last.document);
  document?.end();
  return settleAnswer(answer, readDocument(document), rules.current);
}

function handle(message: ToReadingThread): void {
  switch (message.kind) {
    case 'open':
      lanes.set(message.lane, new LaneRules(message.config));
      return;
    case 'apply':
      lanes.get(message.lane)?.apply(message.scope);
      return;
    case 'close':
      lanes.delete(message.lane);
      return;
    case 'piece':
      take(message.piece);
      return;
    case 'discard':
      documents.delete(message.document);
      return;
    case 'settle':
      reply(message);
  }
}

function reply({ lane, job, answer }: Extract<ToReadingThread, { kind: 'settle' }>): void {
  const memory = answer.last?.bytes ?? null;
  let outcome: FromReadingThread;
  try {
    outcome = { job, memory, settled: settle(lane, answer) };
  } catch (error) {
    const { message, stack = null } = error instanceof Error ? error : new Error(String(error));
    outcome = { job, memory, failure: { message, stack } };
  }
  parentPort?.postMessage(outcome, memory === null ? [] : [memory]);
}

parentPort?.on('message', handle);
