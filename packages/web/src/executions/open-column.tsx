import { Button } from '@mantine/core';
import type { VirtualColumn } from '../display/virtual-columns.js';

/** A last column whose buttons open what a row is about. */
export function openColumn<T>(nameOf: (item: T) => string, onOpen: (item: T) => void): VirtualColumn<T> {
  return {
    name: 'More',
    width: '4rem',
    onPhone: { width: '4rem' },
    cell: (item) => (
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Open ${nameOf(item)}`}
        onClick={() => onOpen(item)}
      >
        Open
      </Button>
    ),
  };
}
