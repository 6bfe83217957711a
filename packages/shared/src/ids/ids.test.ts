import { expect, it } from 'vitest';
import { z } from 'zod';
import { newId } from './ids.js';

it('ids are UUIDv7 in the order they were made', () => {
  const ids = Array.from({ length: 1_000 }, newId);
  for (const id of ids) expect(z.uuidv7().safeParse(id).success).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(1_000);
});
