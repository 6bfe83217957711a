import { Table, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';

interface ScrollTableProps {
  readonly label: string;
  /** Pixels below which it scrolls sideways rather than squeeze. */
  readonly minWidth: number;
  readonly children: ReactNode;
}

/** A table that a small screen scrolls sideways, by keyboard too. */
export function ScrollTable({ label, minWidth, children }: ScrollTableProps) {
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': label } }}
    >
      <Table highlightOnHover>{children}</Table>
    </Table.ScrollContainer>
  );
}

/** The head of a column. One that is hidden is only read out. */
export interface Head {
  readonly label: string;
  readonly align?: 'right';
  readonly isHidden?: boolean;
}

interface HeadedTableProps extends ScrollTableProps {
  readonly heads: readonly (string | Head)[];
  /** Whether a last column, whose head is only read out, has the buttons of a row. */
  readonly hasActions?: boolean;
}

const ACTIONS: Head = { label: 'Actions', isHidden: true };

/** A table with a head; its children are the rows. */
export function HeadedTable({ heads, hasActions = false, children, ...table }: HeadedTableProps) {
  return (
    <ScrollTable {...table}>
      <Table.Thead>
        <Table.Tr>
          {[...heads, ...(hasActions ? [ACTIONS] : [])].map((head) => (
            <HeadCell key={nameOf(head)} head={typeof head === 'string' ? { label: head } : head} />
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </ScrollTable>
  );
}

function nameOf(head: string | Head): string {
  return typeof head === 'string' ? head : head.label;
}

function HeadCell({ head }: { readonly head: Head }) {
  const { label, align, isHidden = false } = head;
  return (
    <Table.Th {...(align === undefined ? {} : { ta: align })}>
      {isHidden ? <VisuallyHidden>{label}</VisuallyHidden> : label}
    </Table.Th>
  );
}
