import { Table } from '@mantine/core';
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
