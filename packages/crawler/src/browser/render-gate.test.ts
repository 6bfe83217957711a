import { describe, expect, it } from 'vitest';
import { type Leave, RenderGate } from './render-gate.js';

/** Enters and notes when it is in. */
function visitor(gate: RenderGate, seen: string[]) {
  return async (
    name: string,
    alone = false,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Leave> => {
    const leave = await gate.enter(alone, signal);
    seen.push(leave === null ? `not ${name}` : name);
    return leave ?? (() => {});
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

  it('lets go of those who need not go in any more, and in whom they held back', async () => {
    const seen: string[] = [];
    const visit = visitor(new RenderGate(), seen);
    const over = new AbortController();
    const inside = await visit('inside');
    const alone = [visit('one', true, over.signal), visit('two', true, over.signal)];
    const company = visit('company');
    await settled();
    expect(seen).toEqual(['inside']);
    over.abort();
    await Promise.all(alone);
    await company;
    expect(seen.sort()).toEqual(['company', 'inside', 'not one', 'not two']);
    await visit('three', false, over.signal);
    expect(seen).toContain('not three');
    // Nobody is counted who is not inside.
    inside();
    (await company)();
    await visit('last', true);
    expect(seen).toContain('last');
  });

  it('holds company back for whoever is still alone in it, or is to be next', async () => {
    const seen: string[] = [];
    const visit = visitor(new RenderGate(), seen);
    const over = new AbortController();
    const inside = await visit('inside', true);
    const next = visit('next', true);
    const gone = [visit('gone', true, over.signal), visit('gone too', false, over.signal)];
    const company = visit('company');
    over.abort();
    await Promise.all(gone);
    await settled();
    expect(seen).toEqual(['inside', 'not gone', 'not gone too']);
    inside();
    (await next)();
    await company;
    expect(seen.slice(3)).toEqual(['next', 'company']);
  });
});
