import { describe, expect, it } from 'vitest';
import { compileRobots } from './robots-verdict.js';

describe('compileRobots', () => {
  it.each([
    ['an empty file allows all', '', '/x', true],
    ['a prefix forbids', 'User-agent: *\nDisallow: /a', '/abc', false],
    ['another path is allowed', 'User-agent: *\nDisallow: /a', '/b', true],
    ['an empty disallow allows all', 'User-agent: *\nDisallow:', '/a', true],
    ['the longest pattern wins', 'User-agent: *\nDisallow: /\nAllow: /docs/', '/docs/1', true],
    ['allow wins a tie', 'User-agent: *\nDisallow: /a\nAllow: /a', '/a', true],
    [
      'the named group replaces the star group',
      'User-agent: *\nDisallow: /\n\nUser-agent: OutriderBot\nAllow: /',
      '/',
      true,
    ],
    ['the name is compared without case', 'user-agent: OUTRIDERBOT\ndisallow: /', '/', false],
    ['another name does not apply', 'User-agent: OtherBot\nDisallow: /', '/', true],
    ['two names share one group', 'User-agent: OtherBot\nUser-agent: OutriderBot\nDisallow: /', '/', false],
    [
      'groups of one name are joined',
      'User-agent: *\nDisallow: /a\n\nUser-agent: *\nDisallow: /b',
      '/b',
      false,
    ],
    ['a star spans folders', 'User-agent: *\nDisallow: /*/private', '/x/y/private/1', false],
    ['a dollar ends the path', 'User-agent: *\nDisallow: /a$', '/ab', true],
    ['a comment is dropped', 'User-agent: * # all\nDisallow: /a # not this', '/a', false],
    ['a dot is a dot', 'User-agent: *\nDisallow: /a.b', '/axb', true],
  ])('%s', (_, text, path, allowed) => {
    expect(compileRobots(text, 'OutriderBot')(path)).toBe(allowed);
  });
});
