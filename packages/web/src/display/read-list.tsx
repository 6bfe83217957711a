import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ReadList } from '../client/use-list.js';
import { formatCount } from './format.js';
import { FailureNote } from './notes.js';
import type { VirtualColumn } from './virtual-columns.js';
import { type Sorting, VirtualList } from './virtual-list.js';

interface ReadListTableProps<T> {
  readonly label: string;
  readonly list: ReadList<T>;
  readonly columns: readonly VirtualColumn<T>[];
  readonly keyOf: (item: T) => string;
  readonly empty: ReactNode;
  readonly height?: string;
  readonly minWidth?: number;
  readonly sorting?: Sorting;
}

/** A list of the API as a table of any length, with how many rows are there; why it could not be read where it could not. */
export function ReadListTable<T>({ list, ...table }: ReadListTableProps<T>) {
  if (list.error !== null && list.items.length === 0)
    return <FailureNote error={list.error} onRetry={list.onRetry} />;
  return (
    <>
      <VirtualList {...table} {...list} />
      <Text size="sm" c="dimmed" role="status">
        {formatCount(list.items.length)} shown{list.hasMore ? ', and there are more' : ''}
      </Text>
    </>
  );
}
