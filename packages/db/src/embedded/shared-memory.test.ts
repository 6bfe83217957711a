import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { availableMemory, sharedBuffers } from './shared-memory.js';

const GIBIBYTE = 1_073_741_824;

describe('the memory of the embedded PostgreSQL', () => {
  it.each([
    [0.25, '128MB'],
    [1, '128MB'],
    [2, '256MB'],
    [7.7, '985MB'],
    [8, '1024MB'],
    [256, '1024MB'],
  ])('is an eighth of that of the machine, within bounds: of %d GB %s', (gibibytes, expected) => {
    expect(sharedBuffers(gibibytes * GIBIBYTE)).toBe(expected);
  });

  it('is reckoned from no more than there is', () => {
    expect(availableMemory()).toBeGreaterThan(0);
    expect(availableMemory()).toBeLessThanOrEqual(totalmem());
  });
});
