import { describe, expect, it } from 'vitest';
import { distinctCauses } from './read-causes.js';

const error = (errorCode: string, errorMessage: string) => ({ errorCode, errorMessage });

describe('distinctCauses', () => {
  it.each([
    [
      error(
        'robots_unreachable',
        'robots.txt could not be read: dns_not_found: the host name does not exist',
      ),
      'the host name does not exist (dns_not_found), so robots.txt could not be read',
    ],
    [
      error('robots_unreachable', 'robots.txt could not be read: it answered 503'),
      'it answered 503, so robots.txt could not be read',
    ],
    [
      error('connection_refused', 'the server refused the connection'),
      'the server refused the connection (connection_refused)',
    ],
  ])('%j is said as a sentence', (given, sentence) => {
    expect(distinctCauses([given])).toEqual([sentence]);
  });

  it('are at most three, each once', () => {
    const errors = ['a', 'a', 'b', 'a', 'c', 'd'].map((code) => error(code, `it is ${code}`));
    expect(distinctCauses(errors)).toEqual(['it is a (a)', 'it is b (b)', 'it is c (c)']);
  });
});
