import { Button, Center, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useEffect, useRef } from 'react';

export interface VirtualColumn<T> {
  readonly name: string;
  /** A track of a CSS grid: `minmax(0, 1fr)`, `6rem`. */
  readonly width: string;
  readonly align?: 'start' | 'end';
  readonly cell: (item: T) => ReactNode;
  /** The orders of the list that go by this column, the one that is wanted first before the other. */
  readonly sorts?: readonly ColumnSort[];
}

export interface ColumnSort {
  /** What the list calls it. */
  readonly sort: string;
  readonly direction: 'ascending' | 'descending';
}

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

const ROW_HEIGHT = 34;
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
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    getItemKey,
  });
  const seen = rows.getVirtualItems();
  const last = seen.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && !isReading && last >= items.length - AHEAD) onMore();
  }, [hasMore, isReading, last, items.length, onMore]);
  const grid = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };
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
        style={{ minWidth }}
      >
        <Head columns={columns} grid={grid} sorting={sorting} />
        {seen.length === 0 ? null : (
          // biome-ignore lint/a11y/useSemanticElements: as above.
          <div role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
            {seen.map((row) => {
              const item = items[row.index];
              if (item === undefined) return null;
              const place = { transform: `translateY(${row.start}px)`, height: row.size };
              return (
                <Row
                  key={row.key}
                  columns={columns}
                  item={item}
                  style={{ ...grid, ...place }}
                  index={row.index}
                />
              );
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
  readonly columns: readonly VirtualColumn<T>[];
  readonly grid: object;
  readonly sorting: Sorting | undefined;
}

function Head<T>({ columns, grid, sorting }: HeadProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see VirtualList.
    // biome-ignore lint/a11y/useFocusableInteractive: its cells are not to be edited; what sorts is a button in them.
    <div
      className="virtual-row virtual-head"
      role="row"
      aria-rowindex={1}
      style={{ ...grid, height: ROW_HEIGHT }}
    >
      {columns.map(({ name, align = 'start', sorts = [] }) => {
        const current = sorts.find(({ sort }) => sort === sorting?.sort);
        return (
          // biome-ignore lint/a11y/useSemanticElements: see VirtualList.
          // biome-ignore lint/a11y/useFocusableInteractive: as above.
          <div
            key={name}
            role="columnheader"
            style={{ textAlign: align }}
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
  readonly columns: readonly VirtualColumn<T>[];
  readonly item: T;
  readonly style: object;
  readonly index: number;
}

function Row<T>({ columns, item, style, index }: RowProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see VirtualList.
    // biome-ignore lint/a11y/useFocusableInteractive: its links are.
    <div
      className="virtual-row"
      role="row"
      aria-rowindex={index + 2}
      style={{ ...style, position: 'absolute', left: 0, right: 0, top: 0 }}
    >
      {columns.map(({ name, align = 'start', cell }) => (
        // biome-ignore lint/a11y/useSemanticElements: see VirtualList.
        <div key={name} role="cell" style={{ textAlign: align }}>
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
