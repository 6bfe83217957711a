import { Button, Center, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

export interface VirtualColumn<T> {
  readonly name: string;
  /** A track of a CSS grid: `minmax(0, 1fr)`, `6rem`. */
  readonly width: string;
  readonly align?: 'start' | 'end';
  readonly cell: (item: T) => ReactNode;
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
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
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
        <Head columns={columns} grid={grid} />
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

function Head<T>({
  columns,
  grid,
}: {
  readonly columns: readonly VirtualColumn<T>[];
  readonly grid: object;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see VirtualList.
    // biome-ignore lint/a11y/useFocusableInteractive: its cells have nothing to press.
    <div
      className="virtual-row virtual-head"
      role="row"
      aria-rowindex={1}
      style={{ ...grid, height: ROW_HEIGHT }}
    >
      {columns.map(({ name, align = 'start' }) => (
        // biome-ignore lint/a11y/useSemanticElements: see VirtualList.
        // biome-ignore lint/a11y/useFocusableInteractive: nothing to press.
        <div key={name} role="columnheader" style={{ textAlign: align }}>
          {name}
        </div>
      ))}
    </div>
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
