import { describe, expect, it } from 'vitest';
import { secondsByPart } from '../../bench/profile-parts.mjs';

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
});
const profile = {
  nodes: [
    node(1, '(root)', '', [2, 4, 5, 6]),
    node(2, 'write', 'file:///x/packages/crawler/dist/parse/page-parser.js', [3]),
    node(3, 'decode', 'node:internal/encoding'),
    node(4, '(idle)', ''),
    node(5, 'onStreamRead', 'node:internal/stream_base_commons'),
    node(6, 'query', 'file:///x/node_modules/.pnpm/postgres@3/node_modules/postgres/src/index.js'),
  ],
  samples: [2, 3, 4, 5, 6],
  timeDeltas: [1_000_000, 500_000, 2_000_000, 250_000, 750_000],
};

describe('a CPU profile by parts', () => {
  it('counts what Node.js does for its caller', () => {
    expect(Object.fromEntries(secondsByPart(profile))).toEqual({
      parse: 1.5,
      idle: 2,
      'Node.js': 0.25,
      'SQL client': 0.75,
    });
  });

  it('leaves out the beginning', () => {
    expect(Object.fromEntries(secondsByPart(profile, 3))).toEqual({
      idle: 2,
      'Node.js': 0.25,
      'SQL client': 0.75,
    });
  });
});
