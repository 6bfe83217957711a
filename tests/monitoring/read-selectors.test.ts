import { describe, expect, it } from 'vitest';
import { readNames } from './read-selectors.js';

const metricsOf = (query: string): string[] => readNames(query).selectors.map(({ metric }) => metric);

describe('the names in a query', () => {
  it.each([
    ['up', ['up']],
    ['sum(rate(a_total[5m])) / sum(b)', ['a_total', 'b']],
    ['sum by (x, y) (a) > 0 and on (z) b', ['a', 'b']],
    ['topk(10, histogram_quantile(0.95, sum by (le) (rate(a_bucket{x="y"}[1m]))))', ['a_bucket']],
    ['absent(up{job="worker"} == 1) or vector(0)', ['up']],
    ['level:metric:rate5m > 1e3', ['level:metric:rate5m']],
    ['a offset 5m unless b', ['a', 'b']],
    ['sum(a) by (x)', ['a']],
  ])('%s', (query, expected) => {
    expect(metricsOf(query)).toEqual(expected);
  });

  it('come with their matchers and with what is grouped by', () => {
    const names = readNames('sum by (cause) (a{b="c, d{e}", f!~"g|h"}) * on (i) group_left (j) k');
    expect(names.labels).toEqual(['cause', 'i', 'j']);
    expect(names.selectors).toEqual([
      {
        metric: 'a',
        matchers: [
          { label: 'b', operator: '=', value: 'c, d{e}' },
          { label: 'f', operator: '!~', value: 'g|h' },
        ],
      },
      { metric: 'k', matchers: [] },
    ]);
  });
});
