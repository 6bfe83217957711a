import { Table, Text } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { formatShare } from '../display/format.js';
import { ScrollTable } from '../display/scroll-table.js';
import { useIsPhone } from '../display/use-is-phone.js';
import { type ComparedSide, type FigureRow, figureGroups, type Leaning } from './figure-rows.js';

interface FigureTableProps {
  readonly label: string;
  readonly sides: readonly (ComparedSide & { readonly key: string; readonly head: ReactNode })[];
}

/** Figures side by side, and how each differs from the first. */
export function FigureTable({ label, sides }: FigureTableProps) {
  const isPhone = useIsPhone();
  const columns = sides.length + 1;
  return (
    <ScrollTable
      label={label}
      minWidth={isPhone ? 130 + sides.length * 90 : 220 + sides.length * 130}
      {...(isPhone ? { className: 'dense-table' } : {})}
    >
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Figure</Table.Th>
          {sides.map(({ key, head }) => (
            <Table.Th key={key} ta="right">
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {figureGroups(sides).map(({ name, rows }) => (
          <Fragment key={name}>
            <Table.Tr>
              <Table.Th colSpan={columns} scope="colgroup" pt="md">
                {name}
              </Table.Th>
            </Table.Tr>
            {rows.map((row) => (
              <Line key={row.path} row={row} sides={sides} />
            ))}
          </Fragment>
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}

interface LineProps {
  readonly row: FigureRow;
  readonly sides: FigureTableProps['sides'];
}

function Line({ row, sides }: LineProps) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        {row.name}
      </Table.Th>
      {sides.map(({ key, differences }, place) => (
        <Table.Td key={key} ta="right">
          {row.format(row.values[place] ?? null)}
          <Difference difference={differences?.[row.path]} row={row} />
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

interface DifferenceProps {
  readonly difference: { readonly change: number; readonly share: number | null } | undefined;
  readonly row: FigureRow;
}

/** By how much it differs from the first: the sign tells it, the colour only adds whether that is good news. */
function Difference({ difference, row }: DifferenceProps) {
  if (difference === undefined) return null;
  const { change, share } = difference;
  const sign = change > 0 ? '+' : '−';
  const amount = `${sign}${row.format(Math.abs(change))}`;
  return (
    <Text size="xs" c={colorOf(change, row.leaning)}>
      {amount}
      {share === null ? '' : ` (${sign}${formatShare(Math.abs(share))})`}
    </Text>
  );
}

function colorOf(change: number, leaning: Leaning): string {
  if (leaning === 'neither') return 'dimmed';
  const isGood = leaning === 'more' ? change > 0 : change < 0;
  return isGood ? 'var(--mantine-color-teal-light-color)' : 'var(--mantine-color-red-light-color)';
}
