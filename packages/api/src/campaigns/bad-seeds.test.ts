import { describe, expect, it } from 'vitest';
import { readBadInputs } from '../testing/bad-inputs.js';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import type { CallOptions } from '../testing/start-test-api.js';

interface Import {
  readonly as: 'text' | 'csv' | 'json';
  /** How many lines are new, say again what a line before said, and are no URL. */
  readonly distinct: number;
  readonly repeats: number;
  readonly invalid: number;
}

const CASES = readBadInputs<Import>('seeds').map((one) => ({ ...one, title: one.id }));
const api = oneApiPerFile();

/** New ones first, then in turn what repeats them in another spelling and what is wrong. */
function linesOf({ distinct, repeats, invalid }: Import): string[] {
  const first = Array.from({ length: distinct }, (_, n) => `https://example.org/p/${n}`);
  const again = Array.from(
    { length: repeats },
    (_, n) => `HTTPS://EXAMPLE.org:443/x/../p/${n % distinct}#again`,
  );
  const wrong = Array.from(
    { length: invalid },
    (_, n) => ['javascript:alert(1)', 'http://', 'ftp://x/'][n % 3] ?? '',
  );
  const rest: string[] = [];
  for (let n = 0; n < Math.max(repeats, invalid); n += 1) {
    rest.push(...again.slice(n, n + 1), ...wrong.slice(n, n + 1));
  }
  return [...first, ...rest];
}

function bodyOf(input: Import): CallOptions {
  const lines = linesOf(input);
  switch (input.as) {
    case 'json':
      return { json: { seeds: lines } };
    case 'csv':
      return { body: `url\n${lines.join('\n')}`, headers: { 'content-type': 'text/csv; charset=utf-8' } };
    case 'text':
      return { body: lines.join('\n'), headers: { 'content-type': 'text/plain' } };
  }
}

describe(`many seeds at once (${CASES.length} cases)`, () => {
  it.each(CASES)('$title', async ({ input, expected }) => {
    const json = { name: 'Seeds', seeds: ['https://example.org/'] };
    const { body: campaign } = await api().call('POST', '/campaigns', { json });
    const answer = await api().call('POST', `/campaigns/${campaign.id}/seeds`, bodyOf(input));
    expect({ ...answer.body, status: answer.status }).toMatchObject(expected);
    const kept = answer.status === 200 ? input.distinct : 0;
    const { body } = await api().call('GET', `/campaigns/${campaign.id}`);
    expect(body).toMatchObject({ seedCount: kept + 1 });
  });
});
