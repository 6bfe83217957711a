import { Group } from '@mantine/core';
import type { ReactNode } from 'react';

interface FilterBarProps {
  /** What is shown of the list. */
  readonly children: ReactNode;
  /** What can be done with it. */
  readonly actions?: ReactNode;
}

/** What stands above a list. */
export function FilterBar({ children, actions = null }: FilterBarProps) {
  return (
    <div className="filter-bar">
      <Group gap="sm" className="filters">
        {children}
      </Group>
      {actions === null ? null : (
        <Group gap="xs" wrap="nowrap">
          {actions}
        </Group>
      )}
    </div>
  );
}
