import type { LaneScope } from '@outrider/db';
import type { CampaignConfig } from '@outrider/shared';
import type { PageParserInput } from '../parse/page-parser.js';
import type { Answer, SettledAnswer } from './reading.js';

/** Bytes of a document, in memory that goes over to the receiver. The first piece says what document it is. */
export interface DocumentPiece {
  readonly document: number;
  readonly bytes: ArrayBuffer;
  /** How many of them count. */
  readonly length: number;
  readonly page: PageParserInput | null;
}

/** An answer as it crosses over: its document goes piece by piece, the last one with it. */
export interface SentAnswer extends Omit<Answer, 'document' | 'seen'> {
  readonly last: DocumentPiece | null;
}

export type ToReadingThread =
  | { readonly kind: 'open'; readonly lane: number; readonly config: CampaignConfig }
  | { readonly kind: 'apply'; readonly lane: number; readonly scope: LaneScope }
  | { readonly kind: 'close'; readonly lane: number }
  | { readonly kind: 'piece'; readonly piece: DocumentPiece }
  | { readonly kind: 'discard'; readonly document: number }
  | {
      readonly kind: 'settle';
      readonly lane: number;
      readonly job: number;
      readonly answer: SentAnswer;
    };

/** What became of a job, with the memory that its document came in. An error crosses over as what it says. */
export type FromReadingThread = { readonly job: number; readonly memory: ArrayBuffer | null } & (
  | { readonly settled: SettledAnswer }
  | { readonly failure: { readonly message: string; readonly stack: string | null } }
);
