import { describe, expect, it } from 'vitest';
import { isSameName, nearestName } from './nearest-name.js';

describe('nearestName', () => {
  const known = ['timeZone', 'maxPages', 'maxDepth', 'cron', 'name'];

  it.each([
    ['timezone', 'timeZone'],
    ['time_zone', 'timeZone'],
    ['tiemZone', 'timeZone'],
    ['maxpage', 'maxPages'],
    ['max-depht', 'maxDepth'],
    ['corn', 'cron'],
    ['nam', 'name'],
  ])('%s was meant to be %s', (written, meant) => expect(nearestName(written, known)).toBe(meant));

  it.each(['overlap', 'x', '', '--', 'm'.repeat(1_000)])('%j is near to none', (written) => {
    expect(nearestName(written, known)).toBeNull();
  });

  it('the nearest wins, not the first', () => {
    expect(nearestName('allows', ['allowed', 'allow'])).toBe('allow');
  });
});

it('names are the same but for case and punctuation', () => {
  expect(isSameName('max_pages', 'maxPages')).toBe(true);
  expect(isSameName('maxPage', 'maxPages')).toBe(false);
});

it('what is too long to be a name is not compared', () => {
  const long = `max${'_'.repeat(100)}Pages`;
  expect(isSameName(long, 'maxPages')).toBe(false);
  expect(isSameName('maxPages', long)).toBe(false);
});
