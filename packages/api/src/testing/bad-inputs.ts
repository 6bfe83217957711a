import { readFileSync } from 'node:fs';

/** A case of `fixtures/bad-inputs`: what is sent, and what must come back. */
export interface BadInput<I> {
  readonly id: string;
  readonly layer: string;
  readonly input: I;
  readonly expected: {
    readonly status: number;
    readonly code: string;
    /** Of the first field that is wrong. */
    readonly path?: string;
  };
}

/** Reads the cases of one file; the caller knows what its inputs look like. */
export function readBadInputs<I>(name: string): readonly BadInput<I>[] {
  const file = new URL(`../../../../fixtures/bad-inputs/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as readonly BadInput<I>[];
}
