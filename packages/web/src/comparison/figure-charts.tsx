import { SimpleGrid } from '@mantine/core';
import type { ReactNode } from 'react';
import { BarList } from '../display/bar-list.js';
import { formatCount, formatMilliseconds, formatShare, NOTHING } from '../display/format.js';
import type { ComparedSide } from './figure-rows.js';

interface FigureChartsProps {
  readonly sides: readonly (ComparedSide & { readonly key: string; readonly head: ReactNode })[];
}

/** The figures that one looks at first, as bars. */
export function FigureCharts({ sides }: FigureChartsProps) {
  const barsOf = (valueIn: (side: ComparedSide) => number | null, format: (value: number | null) => string) =>
    sides.map((side) => {
      const value = valueIn(side);
      return { key: side.key, label: side.head, value, text: value === null ? NOTHING : format(value) };
    });
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm">
      <BarList title="Pages crawled" bars={barsOf(({ figures }) => figures.pagesCrawled, formatCount)} />
      <BarList
        title="Errors"
        color="--outrider-failed"
        bars={barsOf(({ figures }) => figures.errorsEncountered, formatCount)}
      />
      <BarList
        title="Indexable, of all pages"
        bars={barsOf(
          ({ figures: { indexablePages, pagesCrawled } }) =>
            pagesCrawled === 0 ? null : indexablePages / pagesCrawled,
          formatShare,
        )}
      />
      <BarList
        title="Response time, 95th percentile"
        color="--outrider-skipped"
        bars={barsOf(({ figures }) => figures.responseTimes?.p95Ms ?? null, formatMilliseconds)}
      />
    </SimpleGrid>
  );
}
