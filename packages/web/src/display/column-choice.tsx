import { Button, Checkbox, Popover, Stack } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import type { VirtualColumn } from './virtual-columns.js';

/** A table's columns, of which its reader chooses. */
export interface ChosenColumns<T> {
  readonly shown: readonly VirtualColumn<T>[];
  readonly names: readonly string[];
  readonly all: readonly VirtualColumn<T>[];
  readonly choose: (names: string[]) => void;
}

/**
 * The columns of a table that this browser's reader wants, kept from one visit to the next. The first column is always
 * there: it says what a row is about. A column that is gone since is left out.
 */
export function useChosenColumns<T>(
  table: string,
  all: readonly VirtualColumn<T>[],
  usual: readonly string[],
): ChosenColumns<T> {
  const [names, choose] = useLocalStorage<string[]>({
    key: `outrider-columns-${table}`,
    defaultValue: [...usual],
    getInitialValueInEffect: false,
  });
  const wanted: readonly string[] = Array.isArray(names) ? names : usual;
  const shown = all.filter(({ name }, place) => place === 0 || wanted.includes(name));
  return { shown, names: shown.map(({ name }) => name), all, choose };
}

/** Lets a reader choose among the columns of a table. */
export function ColumnChoice<T>({ columns }: { readonly columns: ChosenColumns<T> }) {
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default">Columns</Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Checkbox.Group
          label="Columns that are shown"
          value={[...columns.names]}
          onChange={(names) => columns.choose(names)}
        >
          <Stack gap={6} mt="xs">
            {columns.all.map(({ name }, place) => (
              <Checkbox key={name} size="xs" value={name} label={name} disabled={place === 0} />
            ))}
          </Stack>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  );
}
