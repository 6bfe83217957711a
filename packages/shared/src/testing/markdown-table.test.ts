import { describe, expect, it } from 'vitest';
import { readDocumentedTable } from './markdown-table.js';

describe('reading a table of the documentation', () => {
  it('fails on a heading or a file that is not there', () => {
    expect(() => readDocumentedTable('settings.md', 'No such heading')).toThrow('no heading');
    expect(() => readDocumentedTable('no-such-file.md', 'Settings')).toThrow('ENOENT');
  });

  it('gives rows by column, without backticks', () => {
    expect(readDocumentedTable('settings.md', 'Settings')[0]).toMatchObject({
      Variable: 'PORT',
      Default: '3000',
    });
  });
});
