import { describe, expect, it } from 'vitest';
import { effectiveRobots, parseRobotsHeader, parseRobotsMeta, robotsMetaAgent } from './robots-directives.js';

describe('X-Robots-Tag', () => {
  it.each<readonly [string, readonly (readonly [string, readonly string[]])[]]>([
    ['noindex', [['*', ['noindex']]]],
    [' NoIndex ,, nofollow ', [['*', ['noindex', 'nofollow']]]],
    ['googlebot: noindex, nofollow', [['googlebot', ['noindex', 'nofollow']]]],
    [
      'noarchive, BingBot: noindex, otherbot: none',
      [
        ['*', ['noarchive']],
        ['bingbot', ['noindex']],
        ['otherbot', ['none']],
      ],
    ],
    ['max-snippet: 20, max-image-preview:large', [['*', ['max-snippet:20', 'max-image-preview:large']]]],
    [
      'unavailable_after: 25 Jun 2030 15:00:00 PST, noindex',
      [['*', ['unavailable_after:25 jun 2030 15:00:00 pst', 'noindex']]],
    ],
    [
      'unavailable_after: Tue, 25 Jun 2030 15:00:00 GMT, noindex',
      [['*', ['unavailable_after:tue, 25 jun 2030 15:00:00 gmt', 'noindex']]],
    ],
    ['', []],
    [':,::, :', [['*', [':', '::', ':']]]],
  ])('%j', (value, statements) => {
    expect(parseRobotsHeader(value).map(({ agent, directives }) => [agent, directives])).toEqual(statements);
  });
});

describe('robots meta', () => {
  it.each([
    ['robots', '*'],
    [' Robots ', '*'],
    ['Googlebot', 'googlebot'],
    ['googlebot-news', 'googlebot-news'],
    ['outriderbot', 'outriderbot'],
    ['author', null],
  ])('the name %j speaks to %s', (name, agent) => {
    expect(robotsMetaAgent(name)).toBe(agent);
  });

  it('directives of a million parts are cut', () => {
    expect(parseRobotsMeta('*', 'noindex,'.repeat(1_000_000)).directives).toHaveLength(50);
  });
});

it('directives for all and for one crawler hold together', () => {
  const statements = [
    ...parseRobotsHeader('noarchive, outriderbot: none, otherbot: nosnippet'),
    parseRobotsMeta('*', 'max-snippet:5'),
  ];
  const held = [...effectiveRobots(statements, 'OutriderBot')].sort();
  expect(held).toEqual(['max-snippet:5', 'noarchive', 'nofollow', 'noindex']);
});
