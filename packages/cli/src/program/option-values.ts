import { ROUTES } from '@outrider/shared';
import { InvalidArgumentError } from 'commander';

/** Reads a whole number within limits; for commander, whose error it throws. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const limit = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a whole number, ${limit}.`);
  };
}

/** A schema of the API, as far as it is needed to check a value. */
interface Schema {
  readonly safeParse: (value: unknown) => { readonly success: boolean };
}

/** Reads a text that the API's schema accepts; `expected` says what that is. For commander, as above. */
export function ofContract(schema: Schema, expected: string): (text: string) => string {
  return (text) => {
    if (schema.safeParse(text).success) return text;
    throw new InvalidArgumentError(`It must be ${expected}.`);
  };
}

/** Reads an id; `source` is the command that lists such ids. */
export function idFrom(source: string): (text: string) => string {
  return ofContract(ROUTES.getExecution.params.shape.id, `an id, as \`${source}\` lists them`);
}

/** Reads the key of a URL. */
export const urlKeyFrom = ofContract(
  ROUTES.retryQuarantined.params.shape.key,
  'the key of a URL, as lists with --json show it',
);

const limit = wholeNumber(0, 2_000_000_000);

/** Reads a limit: a whole number, or `none`. Commander makes an empty text of null, so none stays a word. */
export function quotaLimit(text: string): number | 'none' {
  return text === 'none' ? text : limit(text);
}

/** Reads the id of an execution. */
export const executionId = idFrom('outrider executions <campaign>');

/** Gathers an option that may be given several times. */
export function gathered(value: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}
