import pc from 'picocolors';
import { expect, it } from 'vitest';
import { renderFacts } from './render-facts.js';
import { renderTable } from './render-table.js';

it('a table has one line a row, aligned, without control characters', () => {
  const rows = [
    { url: 'https://x.org/', ms: '1,234', ok: true },
    { url: 'https://x.org/\n\u001b[31m', ms: '5', ok: null },
  ];
  const table = renderTable(
    [
      { head: 'MS', align: 'right', cell: (row: (typeof rows)[number]) => row.ms },
      { head: 'OK', cell: (row) => row.ok },
      { head: 'URL', cell: (row) => row.url },
    ],
    rows,
    pc.createColors(false),
  );
  expect(table).toBe(
    ['   MS  OK   URL', '1,234  yes  https://x.org/', '    5       https://x.org/\u{fffd}\u{fffd}[31m'].join(
      '\n',
    ),
  );
});

it('facts without a value are left out', () => {
  expect(
    renderFacts([
      ['Title', 'A'],
      ['H', null],
      ['Key', 'B'],
    ]),
  ).toBe('Title  A\nKey    B');
});
