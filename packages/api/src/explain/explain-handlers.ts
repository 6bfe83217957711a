import { readExecutionDetail, readUrlHistory } from '@outrider/db';
import { createUrlIdentity, normalizeUrl, OutriderError, urlKey } from '@outrider/shared';
import type { Handlers } from '../app/route-request.js';
import { explainSentence, outcomeOf } from './explain-sentence.js';

/** Why a URL was fetched, skipped, failed, or never seen. */
export const explainHandlers = {
  explainUrl: async (request) => {
    const { url: askedUrl } = request.query;
    const executionId = request.params.id;
    const body = await request.read(async (tx) => {
      const { config, status } = await readExecutionDetail(tx, executionId);
      const url = createUrlIdentity(config.scope)(normalized(askedUrl));
      const key = urlKey(url);
      const history = await readUrlHistory(tx, executionId, key);
      const { discovery, path, attempts, failureCode, statusCode, fetchedAt, errors } = history;
      return {
        executionId,
        askedUrl,
        url,
        urlKey: key,
        outcome: outcomeOf(history),
        sentence: explainSentence(url, history, status),
        discovery,
        path: [...path],
        attempts,
        failureCode,
        statusCode,
        fetchedAt,
        errors: [...errors],
      };
    });
    return { body };
  },
} as const satisfies Partial<Handlers>;

/** The spelling under which the crawler would know it. Throws `invalid_url` and its kin. */
function normalized(askedUrl: string): string {
  const result = normalizeUrl(askedUrl);
  if (!result.ok)
    throw new OutriderError(result.problem, 'Ask for a complete URL, such as https://example.org/page.');
  return result.url;
}
