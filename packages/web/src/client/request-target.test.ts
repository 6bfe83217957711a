import { expect, it } from 'vitest';
import { requestTarget } from './request-target.js';

it('fills in the path and leaves out what is not given', () => {
  const query = { status: '4xx', urlContains: '', indexable: false, cursor: undefined };
  expect(requestTarget({ path: '/executions/:id/pages' }, { id: 'a b/c' }, query)).toBe(
    '/api/crawler/executions/a%20b%2Fc/pages?status=4xx&indexable=false',
  );
});

it('refuses to ask without a parameter that the path needs', () => {
  expect(() => requestTarget({ path: '/campaigns/:id' }, {}, {})).toThrow(/needs the parameter id/);
});
