import { describe, expect, it } from 'vitest';
import { type Leave, RenderGate } from './render-gate.js';

/** Enters and notes when it is in. */
function visitor(gate: RenderGate, seen: string[]) {
  return async (name: string, alone = false): Promise<Leave> => {
    const leave = await gate.enter(alone);
    seen.push(name);
    return leave;
  };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the gate of the browser', () => {
  it('lets any number in together', async () => {
    const seen: string[] = [];
    const visit = visitor(new RenderGate(), seen);
    await Promise.all([visit('a'), visit('b'), visit('c')]);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('lets one be alone when all others have left, and holds back those who come meanwhile', async () => {
    const seen: string[] = [];
    const visit = visitor(new RenderGate(), seen);
    const [a, b] = await Promise.all([visit('a'), visit('b')]);
    const alone = visit('alone', true);
    const late = visit('late');
    a?.();
    await settled();
    expect(seen).toEqual(['a', 'b']);
    b?.();
    const leave = await alone;
    await settled();
    expect(seen).toEqual(['a', 'b', 'alone']);
    leave();
    await late;
    expect(seen).toEqual(['a', 'b', 'alone', 'late']);
  });

  it('lets those who want to be alone in one after another', async () => {
    const seen: string[] = [];
    const visit = visitor(new RenderGate(), seen);
    const first = await visit('first', true);
    const second = visit('second', true);
    const company = visit('company');
    await settled();
    expect(seen).toEqual(['first']);
    first();
    (await second)();
    (await company)();
    expect(seen).toEqual(['first', 'second', 'company']);
    await visit('again', true);
  });
});
