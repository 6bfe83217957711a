import { campaignConfig } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { renderConfig } from './render-config.js';

describe('renderConfig', () => {
  it('shows every value once, in its group', () => {
    const config = campaignConfig.parse({
      scope: { deny: ['\\?print=', '/tmp/'], maxPages: 500, stripParams: ['utm_*'] },
      fetch: { headers: { 'X-Probe': 'a\u009b' } },
    });
    expect(renderConfig(config).split('\n')).toEqual([
      'Configuration',
      '  mode: spider',
      '  renderer: http',
      '  lanes: 1',
      '  priority: normal',
      '  scope',
      '    within: host',
      '    includeVariants: no',
      '    allow: none',
      '    deny: \\?print=  /tmp/',
      '    maxDepth: 20',
      '    maxPages: 500',
      '    maxDurationSeconds: 86400',
      '    maxBytes: 0',
      '    stripParams: utm_*',
      '    sortParams: no',
      '    followNofollow: yes',
      '  limits',
      '    errorRate: none',
      '  traps',
      '    repeatedSegments: 3',
      '    maxPathSegments: 20',
      '    maxPerDatePattern: 500',
      '    maxPerNumberPattern: 25000',
      '    maxQueryCombinations: 500',
      '    maxHostsPerDomain: 100',
      '    maxDuplicates: 100',
      '  politeness',
      '    obeyRobots: yes',
      '    maxConcurrencyPerHost: 4',
      '    delayMs: 0',
      `    userAgent: ${config.politeness.userAgent}`,
      '    robotsToken: OutriderBot',
      '  fetch',
      '    timeoutMs: 30000',
      '    maxBodyBytes: 10485760',
      '    maxRedirects: 10',
      '    retries: 2',
      '    conditional: no',
      // Headers are any bytes: none of them may steer the terminal.
      '    headers: X-Probe: a\u{fffd}',
      '  sitemaps',
      '    fromRobots: yes',
      '    urls: none',
      '  browser',
      '    screenshot: no',
      '    blockResources: image  font  media',
      '    waitMs: 2000',
      '    timeoutMs: 15000',
      '  history',
      '    keepExecutions: as the platform has it',
      '    keepDays: as the platform has it',
    ]);
  });
});
