import type { FieldProblem, Problem } from '@outrider/shared';

/** The API's own answer that it did not do what was asked (`application/problem+json`). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** One of the error catalogue; `unexpected_answer` when the answer is none of the contract's. */
  readonly code: string;
  readonly detail: string;
  readonly fields: readonly FieldProblem[];
  readonly requestId: string;

  constructor(problem: Pick<Problem, 'status' | 'code' | 'detail' | 'requestId' | 'fields'>) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.fields = problem.fields ?? [];
    this.requestId = problem.requestId;
  }
}

/** No HTTP answer was had: nothing listens, the connection broke, or time ran out. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';

  constructor(
    readonly apiUrl: string,
    cause: unknown,
  ) {
    super(`No API answers at ${apiUrl} (${reasonOf(cause)}).`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return cause.message === '' ? code || cause.name : cause.message;
}
