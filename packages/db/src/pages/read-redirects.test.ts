import type { RedirectType } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { foldRedirects } from './read-redirects.js';

const step = (
  url: string,
  status: number,
  redirect_url: string | null = null,
  repeated = false,
  type: RedirectType | null = 'http',
) => ({
  url,
  status,
  ms: 1,
  redirect_url,
  repeated,
  type,
});

describe('the way of a redirect', () => {
  it('of a URL that does not redirect is empty', () => {
    expect(foldRedirects([step('a', 200)])).toEqual({
      hops: [],
      count: 0,
      finalUrl: null,
      finalStatus: null,
      loop: false,
      temporary: false,
    });
  });

  it('ends at what was fetched there', () => {
    expect(foldRedirects([step('a', 301, 'b'), step('b', 404)])).toMatchObject({
      hops: [{ url: 'a', type: 'http' }],
      finalUrl: 'b',
      finalStatus: 404,
    });
  });

  it('from within a document is called so', () => {
    const steps = [step('a', 200, 'b', false, 'meta_refresh'), step('b', 200)];
    expect(foldRedirects(steps)).toMatchObject({
      hops: [{ type: 'meta_refresh' }],
      count: 1,
      temporary: false,
    });
  });

  it('with a temporary hop is known for it', () => {
    const steps = [step('a', 301, 'b'), step('b', 307, 'c'), step('c', 200)];
    expect(foldRedirects(steps)).toMatchObject({ count: 2, temporary: true });
  });

  it('of a URL to itself is a loop of one hop', () => {
    expect(foldRedirects([step('a', 302, 'a'), step('a', 302, 'a', true)])).toMatchObject({
      hops: [{ url: 'a' }],
      finalUrl: 'a',
      loop: true,
    });
  });

  it('past twenty hops is cut there, at the URL they lead to', () => {
    const steps = Array.from({ length: 21 }, (_, index) => step(`u${index}`, 302, `u${index + 1}`));
    const { hops, finalUrl, finalStatus, loop } = foldRedirects(steps);
    expect(hops).toHaveLength(20);
    expect({ finalUrl, finalStatus, loop }).toEqual({ finalUrl: 'u20', finalStatus: 302, loop: false });
  });
});
