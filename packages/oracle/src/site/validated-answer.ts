import { createHash } from 'node:crypto';
import type { Answer } from './answer.js';

/**
 * The answer with an `ETag` made of its body, or 304 without a body when the client names that one (RFC 9110,
 * sections 8.8.3 and 13.1.2). Only what answers 200 with a body has a version.
 */
export function validatedAnswer(answer: Answer, ifNoneMatch: string | undefined): Answer {
  if (typeof answer === 'string' || (answer.status ?? 200) !== 200 || answer.body === undefined)
    return answer;
  const etag = `"${createHash('sha256').update(answer.body).digest('hex').slice(0, 16)}"`;
  if (ifNoneMatch === etag) {
    return {
      status: 304,
      headers: { etag },
      ...(answer.delayMs === undefined ? {} : { delayMs: answer.delayMs }),
    };
  }
  return { ...answer, headers: { ...answer.headers, etag } };
}
