import { describe, expect, it } from 'vitest';
import { layOut, type VirtualColumn } from './virtual-columns.js';

const column = (name: string, onPhone?: VirtualColumn<string>['onPhone']): VirtualColumn<string> => ({
  name,
  width: '6rem',
  cell: (item) => item,
  ...(onPhone === undefined ? {} : { onPhone }),
});
const COLUMNS = [
  column('Time', 'hidden'),
  column('Code'),
  column('URL', 'line'),
  column('More', { width: '4rem' }),
];

describe('the columns of a table', () => {
  it('stand side by side in their order where there is room', () => {
    const { columns, grid } = layOut(COLUMNS, false);
    expect(columns.map(({ name }) => name)).toEqual(['Time', 'Code', 'URL', 'More']);
    expect(grid.gridTemplateColumns).toBe('6rem 6rem 6rem 6rem');
  });

  it('take several lines on a phone: one for each that matters most, the last for what is left', () => {
    const { columns, grid } = layOut(COLUMNS, true);
    expect(columns.map(({ name }) => name)).toEqual(['URL', 'Code', 'More']);
    expect(columns[0]?.style).toEqual({ gridColumn: '1 / -1' });
    expect(grid.gridTemplateColumns).toBe('minmax(4.5rem, 1fr) 4rem');
  });

  it('stay side by side on a phone where none wants a line', () => {
    const { columns } = layOut([column('Code'), column('Count')], true);
    expect(columns.map(({ name }) => name)).toEqual(['Code', 'Count']);
  });
});
