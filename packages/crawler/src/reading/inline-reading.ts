import type { CampaignConfig } from '@outrider/shared';
import { LaneRules } from './lane-rules.js';
import { ParsedDocument } from './parsed-document.js';
import type { Reading } from './reading.js';
import { readDocument, settleAnswer } from './settle-answer.js';

/** Reads in the thread of the caller. */
export function createInlineReading(config: CampaignConfig): Reading {
  const rules = new LaneRules(config);
  return {
    apply: (scope) => rules.apply(scope),
    open: (page) => new ParsedDocument(page),
    settle: async (answer) => {
      const { document, seen } = answer;
      if (document !== null && !(document instanceof ParsedDocument)) {
        throw new Error('the document was opened by another reading');
      }
      return settleAnswer(answer, readDocument(document, seen), rules.current);
    },
    close: () => {},
  };
}
