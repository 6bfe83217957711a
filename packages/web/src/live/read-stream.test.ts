import { expect, it } from 'vitest';
import { createStreamReader } from './read-stream.js';

const TEXT =
  'retry: 1000\n\n:\n\nid: 1\ndata: {"seq":1}\n\nevent: reset\r\nid: 0\r\ndata: a\r\ndata:b\r\n\r\nid: 9\n\n';
const MESSAGES = [
  { event: 'message', data: '{"seq":1}' },
  { event: 'reset', data: 'a\nb' },
];

it('gives messages with their names, and nothing for comments and what has no data', () => {
  expect(createStreamReader()(TEXT)).toEqual(MESSAGES);
});

it.each([1, 2, 3, 7])('reads the same from pieces of %i characters', (size) => {
  const read = createStreamReader();
  const pieces = Array.from({ length: Math.ceil(TEXT.length / size) }, (_, nth) =>
    TEXT.slice(nth * size, (nth + 1) * size),
  );
  expect(pieces.flatMap(read)).toEqual(MESSAGES);
});

it('keeps what is not complete for later', () => {
  const read = createStreamReader();
  expect(read('data: half')).toEqual([]);
  expect(read(' of it\n')).toEqual([]);
  expect(read('\n')).toEqual([{ event: 'message', data: 'half of it' }]);
});
