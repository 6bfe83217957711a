import { expect, it } from 'vitest';
import { HeldTargets } from './held-targets.js';

it('a URL is held from its claim to the commit of what became of it', () => {
  const held = new HeldTargets();
  held.claimed([{ urlKey: 'a' }, { urlKey: 'b' }]);
  const settled = held.settling([{ urlKey: 'a' }, { urlKey: 'unknown' }]);
  expect(held.keys).toEqual(['a', 'b']);
  settled();
  expect(held.keys).toEqual(['b']);
});

it('a URL that is claimed again while its commit is answered stays held', () => {
  const held = new HeldTargets();
  held.claimed([{ urlKey: 'a' }]);
  const settled = held.settling([{ urlKey: 'a' }]);
  held.claimed([{ urlKey: 'a' }]);
  settled();
  expect(held.keys).toEqual(['a']);
});
