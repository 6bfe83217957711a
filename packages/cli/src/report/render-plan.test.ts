import { type Plan, plan } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { renderPlan } from './render-plan.js';

const PLAN: Plan = plan.parse({
  campaignId: '01900000-0000-7000-8000-000000000000',
  configRevision: 1,
  counts: { in: 1, out: 1, invalid: 0 },
  urls: [
    {
      askedUrl: 'https://a.test/',
      url: 'https://a.test/',
      urlKey: '01900000-0000-7000-8000-000000000001',
      verdict: 'in',
      decidedBy: null,
      detail: 'every rule lets it in',
      isSeed: true,
      depth: 0,
      rules: [],
    },
    {
      askedUrl: 'https://a.test/no',
      url: 'https://a.test/no',
      urlKey: '01900000-0000-7000-8000-000000000002',
      verdict: 'out',
      decidedBy: 'robots',
      detail: 'line 2: Disallow: /no\u001b[31m',
      isSeed: false,
      depth: null,
      rules: [],
    },
  ],
  hosts: [
    {
      host: 'a.test',
      urlsIn: 1,
      robots: { status: 'rules', fetchedAt: null, crawlDelaySeconds: 2, sitemaps: 1 },
      delayMs: 2_000,
      concurrency: 1,
      lastPages: null,
      lastAverageMs: null,
      pages: 1,
      seconds: 2,
    },
  ],
  estimate: {
    pages: 1,
    seconds: 2,
    basis: 'assumptions',
    executionId: null,
    sitemapUrls: null,
    sentence: 'About 1 pages in 2 seconds.',
  },
});

describe('a plan as text', () => {
  it('names the rule that keeps a URL out, the pace of each host, and the time', () => {
    const text = renderPlan(PLAN);
    expect(text).toContain('1 in, 1 out, 0 invalid');
    expect(text).toMatch(/out {6}https:\/\/a\.test\/no {2}\(robots: line 2: Disallow: \/no/);
    expect(text).toContain('a.test  robots.txt: rules, 1 sitemaps; one per 2000 ms; 1 pages, 2 s');
    expect(text.endsWith('About 1 pages in 2 seconds.')).toBe(true);
  });

  it('shows no control characters of a site', () => {
    expect(renderPlan(PLAN)).not.toContain('\u001b');
  });
});
