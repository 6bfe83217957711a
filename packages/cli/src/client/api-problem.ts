export { ApiProblem } from '@outrider/shared';

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
