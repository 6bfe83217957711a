import { API_BASE, ROUTES } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { requestTarget } from './request-target.js';

describe('requestTarget', () => {
  it('encodes parameters and query, and leaves out what is undefined', () => {
    const target = requestTarget(
      ROUTES.explainUrl,
      { id: 'a/../b' },
      { url: 'https://x.org/?a=1&b=ü#z', cursor: undefined },
    );
    expect(target).toBe(
      `${API_BASE}/executions/a%2F..%2Fb/explain?url=https%3A%2F%2Fx.org%2F%3Fa%3D1%26b%3D%C3%BC%23z`,
    );
  });

  it('throws for a parameter that is missing', () => {
    expect(() => requestTarget(ROUTES.getPage, { id: 'x' }, {})).toThrow(/key/);
    expect(() => requestTarget(ROUTES.getPage, { id: 'x', key: '' }, {})).toThrow(/key/);
  });
});
