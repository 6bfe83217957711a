import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BodyHash } from './body-hash.js';

describe('the hash of a body', () => {
  it.each([[[]], [['one']], [['one', 'two']], [['', 'one', '', 'two', 'three']]])(
    'of the chunks %j is that of the whole',
    (chunks) => {
      const hash = new BodyHash();
      for (const chunk of chunks) hash.update(Buffer.from(chunk));
      expect(hash.digest()).toBe(createHash('sha256').update(chunks.join('')).digest('hex'));
    },
  );
});
