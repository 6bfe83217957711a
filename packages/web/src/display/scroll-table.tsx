import { Table, VisuallyHidden } from '@mantine/core';
import type { CSSProperties, ReactNode } from 'react';
import { useIsPhone } from './use-is-phone.js';

interface ScrollTableProps {
  readonly label: string;
  /** Pixels below which it scrolls sideways rather than squeeze. */
  readonly minWidth: number;
  readonly children: ReactNode;
  readonly className?: string;
  readonly style?: CSSProperties;
}

/** A table that a small screen scrolls sideways, by keyboard too. */
export function ScrollTable({ label, minWidth, children, ...table }: ScrollTableProps) {
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': label } }}
    >
      <Table highlightOnHover {...table}>
        {children}
      </Table>
    </Table.ScrollContainer>
  );
}

/** The head of a column. One that is hidden is only read out. */
export interface Head {
  readonly label: string;
  readonly align?: 'right';
  readonly isHidden?: boolean;
}

interface HeadedTableProps {
  readonly label: string;
  readonly minWidth: number;
  readonly heads: readonly (string | Head)[];
  /** Whether a last column, whose head is only read out, has the buttons of a row. */
  readonly hasActions?: boolean;
  /** On a phone: each row a small table of its own, every cell under its head; or as it is, with less between columns. */
  readonly onPhone?: 'cards' | 'dense';
  readonly children: ReactNode;
}

const ACTIONS: Head = { label: 'Actions', isHidden: true };

/** A table with a head; its children are the rows. On a phone nothing of it is out of sight sideways. */
export function HeadedTable(props: HeadedTableProps) {
  const { label, minWidth, heads, hasActions = false, onPhone = 'cards', children } = props;
  const isPhone = useIsPhone();
  const all = [...heads, ...(hasActions ? [ACTIONS] : [])].map((head) =>
    typeof head === 'string' ? { label: head } : head,
  );
  return (
    <ScrollTable
      label={label}
      minWidth={isPhone ? 0 : minWidth}
      {...(isPhone ? { className: classOf(onPhone, hasActions), style: labelsOf(all) } : {})}
    >
      <Table.Thead>
        <Table.Tr>
          {all.map((head) => (
            <HeadCell key={head.label} head={head} />
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </ScrollTable>
  );
}

function classOf(onPhone: NonNullable<HeadedTableProps['onPhone']>, hasActions: boolean): string {
  return `${onPhone}-table${hasActions ? ' has-actions' : ''}`;
}

/** Heads as the style sheet writes them above each cell, except above what a row is called and above its buttons. */
function labelsOf(heads: readonly Head[]): CSSProperties {
  const title = heads.findIndex(({ isHidden = false }) => !isHidden);
  const labels = heads.map((head, place) => [
    `--head-${place + 1}`,
    place === title || head === ACTIONS ? '""' : JSON.stringify(head.label),
  ]);
  return Object.fromEntries(labels);
}

function HeadCell({ head }: { readonly head: Head }) {
  const { label, align, isHidden = false } = head;
  return (
    <Table.Th {...(align === undefined ? {} : { ta: align })}>
      {isHidden ? <VisuallyHidden>{label}</VisuallyHidden> : label}
    </Table.Th>
  );
}
