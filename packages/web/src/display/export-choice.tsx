import { Button, Menu } from '@mantine/core';

interface ExportChoiceProps {
  /** Where the list is as a file of a format. */
  readonly targetOf: (format: 'csv' | 'ndjson') => string;
}

/** A list as a file, with the filters that are set. */
export function ExportChoice({ targetOf }: ExportChoiceProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">Export</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={targetOf('csv')} download>
          CSV, for a spreadsheet
        </Menu.Item>
        <Menu.Item component="a" href={targetOf('ndjson')} download>
          NDJSON, an object a line
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
