import { Button, Center, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import { useIsPhone } from './use-is-phone.js';
import { type ColumnSort, layOut, type TableLayout, type VirtualColumn } from './virtual-columns.js';

/** The order of a list, and how to ask for another. */
export interface Sorting {
  readonly sort: string | undefined;
  readonly onSort: (sort: string | undefined) => void;
}

interface VirtualListProps<T> {
  readonly label: string;
  readonly columns: readonly VirtualColumn<T>[];
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly hasMore: boolean;
  readonly isReading: boolean;
  readonly onMore: () => void;
  readonly height?: string;
  /** Pixels below which it scrolls sideways. */
  readonly minWidth?: number;
  readonly empty: ReactNode;
  readonly sorting?: Sorting | undefined;
}

/** Rows before the end at which the next page is asked for. */
const AHEAD = 20;

/** A table of any length: only the rows in sight are there, and the next page is read when its end comes near. */
export function VirtualList<T>(props: VirtualListProps<T>) {
  const {
    label,
    columns,
    items,
    keyOf,
    hasMore,
    isReading,
    onMore,
    height = '60vh',
    minWidth = 720,
    empty,
    sorting,
  } = props;
  const isPhone = useIsPhone();
  const layout = useMemo(() => layOut(columns, isPhone), [columns, isPhone]);
  const { rowHeight } = layout;
  const scroller = useRef<HTMLDivElement>(null);
  const latestKeyOf = useRef(keyOf);
  latestKeyOf.current = keyOf;
  // With another function all rows are measured anew, of which there may be a hundred thousand: only where the items are others.
  const getItemKey = useCallback(
    (index: number) => {
      const item = items[index];
      return item === undefined ? index : latestKeyOf.current(item);
    },
    [items],
  );
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey,
  });
  const seen = rows.getVirtualItems();
  const last = seen.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && !isReading && last >= items.length - AHEAD) onMore();
  }, [hasMore, isReading, last, items.length, onMore]);
  const measuredAt = useRef(rowHeight);
  useEffect(() => {
    // Rows that were placed keep their height else.
    if (measuredAt.current === rowHeight) return;
    measuredAt.current = rowHeight;
    rows.measure();
  }, [rows, rowHeight]);
  return (
    <section
      ref={scroller}
      className="virtual-table"
      style={{ maxHeight: height }}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard.
      tabIndex={0}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: rows that are not there cannot be a table's. */}
      <div
        role="table"
        aria-label={label}
        aria-rowcount={hasMore ? -1 : items.length + 1}
        style={{ minWidth: layout.minWidth ?? minWidth }}
      >
        <Head layout={layout} sorting={sorting} />
        {seen.length === 0 ? null : (
          // biome-ignore lint/a11y/useSemanticElements: as above.
          <div role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
            {seen.map((row) => {
              const item = items[row.index];
              if (item === undefined) return null;
              const place = { transform: `translateY(${row.start}px)`, height: row.size };
              return <Row key={row.key} layout={layout} item={item} style={place} index={row.index} />;
            })}
          </div>
        )}
      </div>
      {items.length === 0 && !hasMore && !isReading ? empty : null}
      <Foot hasMore={hasMore} isReading={isReading} onMore={onMore} count={items.length} />
    </section>
  );
}

interface HeadProps<T> {
  readonly layout: TableLayout<T>;
  readonly sorting: Sorting | undefined;
}

function Head<T>({ layout, sorting }: HeadProps<T>) {
  const { columns, grid, headHeight } = layout;
  return (
    // biome-ignore lint/a11y/useSemanticElements: see VirtualList.
    // biome-ignore lint/a11y/useFocusableInteractive: its cells are not to be edited; what sorts is a button in them.
    <div
      className="virtual-row virtual-head"
      role="row"
      aria-rowindex={1}
      style={{ ...grid, height: headHeight }}
    >
      {columns.map(({ name, sorts = [], style }) => {
        const current = sorts.find(({ sort }) => sort === sorting?.sort);
        return (
          // biome-ignore lint/a11y/useSemanticElements: see VirtualList.
          // biome-ignore lint/a11y/useFocusableInteractive: as above.
          <div
            key={name}
            role="columnheader"
            style={style}
            {...(current === undefined ? {} : { 'aria-sort': current.direction })}
          >
            {sorting === undefined || sorts.length === 0 ? (
              name
            ) : (
              <SortButton name={name} sorts={sorts} current={current} onSort={sorting.onSort} />
            )}
          </div>
        );
      })}
    </div>
  );
}

interface SortButtonProps extends Pick<Sorting, 'onSort'> {
  readonly name: string;
  readonly sorts: readonly ColumnSort[];
  readonly current: ColumnSort | undefined;
}

/** Goes through the orders of its column, and back to that of the list. */
function SortButton({ name, sorts, current, onSort }: SortButtonProps) {
  const next = sorts[current === undefined ? 0 : sorts.indexOf(current) + 1];
  const mark = current === undefined ? '↕' : current.direction === 'ascending' ? '↑' : '↓';
  return (
    <button
      type="button"
      className="sort-button"
      title={next === undefined ? 'As they come' : `Sort ${next.direction}`}
      onClick={() => onSort(next?.sort)}
    >
      {name} <span aria-hidden="true">{mark}</span>
    </button>
  );
}

interface RowProps<T> {
  readonly layout: TableLayout<T>;
  readonly item: T;
  readonly style: object;
  readonly index: number;
}

function Row<T>({ layout, item, style, index }: RowProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see VirtualList.
    // biome-ignore lint/a11y/useFocusableInteractive: its links are.
    <div
      className="virtual-row"
      role="row"
      aria-rowindex={index + 2}
      style={{ ...layout.grid, ...style, position: 'absolute', left: 0, right: 0, top: 0 }}
    >
      {layout.columns.map(({ name, cell, style: place }) => (
        // biome-ignore lint/a11y/useSemanticElements: see VirtualList.
        <div key={name} role="cell" style={place}>
          {cell(item)}
        </div>
      ))}
    </div>
  );
}

interface FootProps {
  readonly hasMore: boolean;
  readonly isReading: boolean;
  readonly onMore: () => void;
  readonly count: number;
}

/** A filter that few rows pass may find none on a page: then reading on is the reader's choice as well. */
function Foot({ hasMore, isReading, onMore, count }: FootProps) {
  if (!hasMore && !isReading) return null;
  return (
    <Center p="xs">
      {isReading ? (
        <Text size="sm" c="dimmed">
          Reading…
        </Text>
      ) : (
        <Button size="compact-sm" variant="subtle" onClick={onMore}>
          {count === 0 ? 'Look further' : 'More'}
        </Button>
      )}
    </Center>
  );
}
