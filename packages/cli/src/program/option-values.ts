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

/** Gathers an option that may be given several times. */
export function gathered(value: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}
