import type { FieldProblem } from '../errors/error-catalogue.js';
import { type Problem, problem } from './resources.js';

/** What is known of a refusal; an answer that is none of the contract's has no title. */
export type ProblemFacts = Pick<Problem, 'status' | 'code' | 'detail' | 'requestId'> &
  Partial<Pick<Problem, 'title' | 'fields'>>;

/** The API's own answer that it did not do what was asked (`application/problem+json`), as its clients throw it. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** One of the error catalogue; `unexpected_answer` when the answer is none of the contract's. */
  readonly code: string;
  /** What the code means, in general; empty when the answer had none. */
  readonly title: string;
  /** What is so in this case, and what to do about it. */
  readonly detail: string;
  readonly fields: readonly FieldProblem[];
  /** What to name when one asks for help; empty when the answer had none. */
  readonly requestId: string;

  constructor(facts: ProblemFacts) {
    super(facts.detail);
    this.status = facts.status;
    this.code = facts.code;
    this.title = facts.title ?? '';
    this.detail = facts.detail;
    this.fields = facts.fields ?? [];
    this.requestId = facts.requestId;
  }
}

/** The problem that the body of an answer describes; null when it describes none. */
export function readProblem(body: unknown): ApiProblem | null {
  const parsed = problem.safeParse(body);
  return parsed.success ? new ApiProblem(parsed.data) : null;
}
