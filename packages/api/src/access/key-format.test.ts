import { describe, expect, it } from 'vitest';
import { containsKey, hashKey, makeKey, parseKey, parseOperatorKey } from './key-format.js';

describe('keys', () => {
  it('that were made are read back, and no two are alike', () => {
    const keys = Array.from({ length: 100 }, makeKey);
    expect(new Set(keys.map(({ text }) => text)).size).toBe(100);
    for (const { text, ...parts } of keys) {
      expect(parseKey(text)).toEqual(parts);
      expect(parts.hash).toEqual(hashKey(text));
      expect(text).toMatch(/^crw_live_[0-9a-f]{12}_[0-9a-f]{64}_[0-9a-f]{8}$/);
    }
  });

  it('with any one character changed are none', () => {
    const { text } = makeKey();
    for (let at = 0; at < text.length; at += 1) {
      const changed = text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);
      expect(parseKey(changed)).toBeNull();
    }
  });

  it.each(['', 'crw_', 'crw_live', 'x'.repeat(10_000), 'crw_live_0_0_0', ' crw_live_x', 'crw_LIVE_0_0_0'])(
    'that are none are refused: %.20j',
    (text) => {
      expect(parseKey(text)).toBeNull();
      expect(parseOperatorKey(text)).toBeNull();
    },
  );

  it('are found inside other text, and their beginning alone is none', () => {
    const { text } = makeKey();
    expect([text, `Bearer ${text}`, `${text.slice(0, -8)}00000000`].map(containsKey)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['crw_', 'crw_live_', text.slice(0, -1)].map(containsKey)).toEqual([false, false, false]);
  });

  it('of an operator are tokens of 32 characters or more', () => {
    const token = 'A1b2.C3d4_E5f6~G7h8+I9j0/K1l2-M3';
    expect(parseOperatorKey(token)).toMatchObject({
      environment: 'operator',
      lastFour: '2-M3',
      hash: hashKey(token),
    });
    expect(parseOperatorKey(token.slice(1))).toBeNull();
    expect(parseOperatorKey(`${token} x`)).toBeNull();
    const { text, ...parts } = makeKey();
    expect(parseOperatorKey(text)).toEqual(parts);
  });
});
