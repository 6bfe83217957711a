import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { csvLine } from './csv-line.js';

interface CsvCase {
  readonly id: string;
  readonly input: { readonly text: string };
  readonly expected: { readonly cell: string };
}

const FILE = new URL('../../../../fixtures/bad-inputs/exports.json', import.meta.url);
const CASES = JSON.parse(readFileSync(FILE, 'utf8')) as readonly CsvCase[];

describe('a line of CSV', () => {
  it.each(CASES)('$id', ({ input, expected }) => {
    expect(csvLine([input.text, 'x'])).toBe(`${expected.cell},x\r\n`);
  });

  it('has numbers as they are, also negative ones, and nothing for null', () => {
    expect(csvLine([-1.5, null, true, '', 0])).toBe('-1.5,,true,,0\r\n');
  });
});
