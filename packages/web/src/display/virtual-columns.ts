import type { CSSProperties, ReactNode } from 'react';

export interface VirtualColumn<T> {
  readonly name: string;
  /** A track of a CSS grid: `minmax(0, 1fr)`, `6rem`. */
  readonly width: string;
  readonly align?: 'start' | 'end';
  readonly cell: (item: T) => ReactNode;
  /** The orders of the list that go by this column, the one that is wanted first before the other. */
  readonly sorts?: readonly ColumnSort[];
  /**
   * What becomes of it on a phone: it has a line of each row to itself, above the others; it has a track of that width on the
   * last line; or it is left out. Else it has a share of the last line.
   */
  readonly onPhone?: 'line' | 'hidden' | { readonly width: string };
}

export interface ColumnSort {
  /** What the list calls it. */
  readonly sort: string;
  readonly direction: 'ascending' | 'descending';
}

/** Where the columns of a table go. Heights are pixels. */
export interface TableLayout<T> {
  readonly columns: readonly (VirtualColumn<T> & { readonly style: CSSProperties })[];
  readonly grid: CSSProperties;
  readonly rowHeight: number;
  readonly headHeight: number;
  /** What its columns need at least, where that is not said of the table. */
  readonly minWidth: 'min-content' | null;
}

const LINE_HEIGHT = 34;
/** The last line of a row has room for a finger. */
const PHONE_ROW_HEIGHT = 50;
const PHONE_HEAD_HEIGHT = 28;
const PHONE_LINE_HEIGHT = 22;
const SHARE = 'minmax(4.5rem, 1fr)';

/** Columns side by side; on a phone, where some want a line to themselves, these above the others. */
export function layOut<T>(columns: readonly VirtualColumn<T>[], isPhone: boolean): TableLayout<T> {
  const lines = columns.filter(({ onPhone }) => onPhone === 'line');
  if (!isPhone || lines.length === 0) {
    return {
      columns: columns.map((column) => ({ ...column, style: { textAlign: column.align ?? 'start' } })),
      grid: { gridTemplateColumns: columns.map(({ width }) => width).join(' ') },
      rowHeight: LINE_HEIGHT,
      headHeight: LINE_HEIGHT,
      minWidth: null,
    };
  }
  const beside = columns.filter(({ onPhone }) => onPhone !== 'line' && onPhone !== 'hidden');
  return {
    columns: [
      ...lines.map((column) => ({ ...column, style: { gridColumn: '1 / -1' } })),
      ...beside.map((column) => ({ ...column, style: { textAlign: column.align ?? 'start' } as const })),
    ],
    grid: {
      gridTemplateColumns: beside.map(({ onPhone }) => widthOf(onPhone)).join(' '),
      alignContent: 'center',
      rowGap: 0,
    },
    rowHeight: PHONE_ROW_HEIGHT + lines.length * PHONE_LINE_HEIGHT,
    headHeight: PHONE_HEAD_HEIGHT + lines.length * PHONE_LINE_HEIGHT,
    minWidth: 'min-content',
  };
}

function widthOf(onPhone: VirtualColumn<never>['onPhone']): string {
  return typeof onPhone === 'object' ? onPhone.width : SHARE;
}
