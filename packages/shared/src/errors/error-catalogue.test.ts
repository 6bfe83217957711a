import { describe, expect, it } from 'vitest';
import { readDocumentedTable } from '../testing/markdown-table.js';
import { CRAWL_ERROR_TYPES, SEVERITIES } from './crawl-error-types.js';
import { ERRORS, OutriderError } from './error-catalogue.js';

describe('the error catalogue', () => {
  it('is the table of docs/errors.md, both ways', () => {
    const expected = Object.entries(ERRORS).map(([code, { status, title }]) => ({
      Code: code,
      Status: String(status),
      Title: title,
    }));
    expect(readDocumentedTable('errors.md', 'Errors of the platform')).toEqual(expected);
  });

  it.each([
    ['Errors of a crawl', CRAWL_ERROR_TYPES],
    ['Severities', SEVERITIES],
  ] as const)('lists under "%s" exactly what there is', (heading, names) => {
    const documented = readDocumentedTable('errors.md', heading).map((row) => Object.values(row)[0]);
    expect(documented).toEqual([...names]);
  });

  it.each(Object.entries(ERRORS))('%s has a stable form', (code, { status, title }) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
  });

  it('gives no two errors the same title', () => {
    const titles = Object.values(ERRORS).map(({ title }) => title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});

describe('an OutriderError', () => {
  it('carries code, status, detail, fields and cause', () => {
    const cause = new Error('deep');
    const fields = [{ path: 'seeds.3', code: 'invalid_url', message: 'not a URL' }];
    const error = new OutriderError('validation_failed', 'Look at seeds.3.', { fields, cause });
    expect(error).toMatchObject({
      code: 'validation_failed',
      status: 400,
      message: 'Look at seeds.3.',
      fields,
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('OutriderError');
  });

  it('has no fields and no cause unless given', () => {
    const error = new OutriderError('not_found', 'No such campaign.');
    expect(error.fields).toEqual([]);
    expect('cause' in error).toBe(false);
  });
});
