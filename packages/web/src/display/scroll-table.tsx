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

interface HeadedTableProps extends ScrollTableProps {
  readonly heads: readonly string[];
  /** Whether a last column, whose head is only read out, has the buttons of a row. */
  readonly hasActions?: boolean;
}

/** A table with a head; its children are the rows. */
export function HeadedTable({ heads, hasActions = false, children, ...table }: HeadedTableProps) {
  return (
    <ScrollTable {...table}>
      <Table.Thead>
        <Table.Tr>
          {heads.map((head) => (
            <Table.Th key={head}>{head}</Table.Th>
          ))}
          {hasActions ? (
            <Table.Th>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          ) : null}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </ScrollTable>
  );
}
