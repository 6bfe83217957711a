import { expect, it } from 'vitest';
import { urlParts } from './url-parts.js';

it.each([
  [
    'https://www.shop.example.co.uk:8443/a/b/?x=1&&y=2',
    {
      scheme: 'https',
      host: 'www.shop.example.co.uk:8443',
      registrableDomain: 'example.co.uk',
      path: '/a/b/',
      query: 'x=1&&y=2',
      urlLength: 49,
      pathDepth: 2,
      parameterCount: 2,
    },
  ],
  [
    'http://127.0.0.1/',
    {
      scheme: 'http',
      host: '127.0.0.1',
      registrableDomain: '127.0.0.1',
      path: '/',
      query: null,
      urlLength: 17,
      pathDepth: 0,
      parameterCount: 0,
    },
  ],
  ['http://me.github.io/x.html', { registrableDomain: 'me.github.io', pathDepth: 1, parameterCount: 0 }],
] as const)('the parts of %s', (url, parts) => {
  expect(urlParts(url)).toMatchObject(parts);
});
