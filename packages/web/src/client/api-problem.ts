import { ApiProblem, readProblem } from '@outrider/shared/contract';

export { ApiProblem };

/** No answer at all: the platform is not running, or the network is away. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';

  constructor(cause: unknown) {
    super('The platform does not answer. It is tried again by itself.', { cause });
  }
}

/** The problem in an answer's body; one that has none gets words of its own. */
export function toProblem(status: number, body: unknown): ApiProblem {
  const detail = `The server answered with status ${status} and no explanation.`;
  return readProblem(body) ?? new ApiProblem({ status, code: 'unexpected_answer', detail, requestId: '' });
}

/** Whether asking again may help: it is about the moment, not about what was asked. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiUnreachable) return true;
  return error instanceof ApiProblem && (error.status >= 502 || error.status === 429 || error.status === 503);
}

/** A sentence for whoever sees the page. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong that has no description.';
}
