import { expect, it } from 'vitest';
import { viewerWords } from './viewer-words.js';

const viewer = (name: string, connections = 1) => ({
  keyId: `key of ${name}`,
  name,
  connections,
  since: '2026-01-01T00:00:00Z',
});

it('names the others, and never this window', () => {
  const own = 'key of me';
  expect(viewerWords([viewer('me')], own)).toBeNull();
  expect(viewerWords([], own)).toBeNull();
  expect(viewerWords([viewer('me'), viewer('Maria'), viewer('Jo', 3)], own)).toBe('Maria, Jo');
  expect(viewerWords([viewer('me', 3)], own)).toBe('2 more windows with your key');
});

it('counts those for whom there is no room', () => {
  const many = Array.from({ length: 7 }, (_, nth) => viewer(`viewer ${nth}`));
  expect(viewerWords(many, 'key of me')).toBe('viewer 0, viewer 1, viewer 2, viewer 3, 3 more');
});
