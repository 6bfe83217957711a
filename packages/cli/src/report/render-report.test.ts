import { END_REASONS } from '@outrider/shared';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { crawlResult } from './crawl-result.js';
import { END_SENTENCES } from './end-sentences.js';
import { renderReport } from './render-report.js';
import { sampleExecution } from './testing/sample-execution.js';
import { whereToLook } from './where-to-look.js';

const plain = pc.createColors(false);
const reportOf = (changes = {}): string =>
  renderReport({ execution: sampleExecution(changes), campaignName: 'Docs' }, plain);

describe('renderReport', () => {
  it('shows status, figures, coverage, errors, slow and broken pages', () => {
    expect(reportOf()).toBe(
      [
        'Docs, execution 3',
        '  Status    completed: every URL in scope was visited',
        '  Pages     1,234 in 2 min 5 s (9.8 pages/s, 5.0 MiB)',
        '  Errors    31 URLs failed or answered with 4xx or 5xx',
        '',
        'Coverage',
        '  1,300 URLs discovered = 1,234 fetched + 1 failed + 65 skipped + 0 pending',
        '  by status     1,204  2xx',
        '                   30  4xx',
        '  failed            1  connection_reset',
        '  skipped          60  out_of_scope: it lies outside the sites that scope.within allows',
        "                    5  robots_txt: the site's robots.txt disallows it",
        '  found by      1,299  link',
        '                    1  seed',
        '',
        'Attempts that went wrong, by type',
        '  http     30',
        '  network  3',
        '',
        'Slowest pages',
        '   5,000 ms  200  https://x.org/slow/0',
        '   4,999 ms  200  https://x.org/slow/1',
        '   4,998 ms  200  https://x.org/slow/2',
        '   4,997 ms  200  https://x.org/slow/3',
        '   4,996 ms  200  https://x.org/slow/4',
        '',
        'Broken pages (2 of 31)',
        '  404               https://x.org/gone',
        '                    linked from https://x.org/a',
        '  connection_reset  https://x.org/',
        '                    a start URL',
        '  … and 29 more',
      ].join('\n'),
    );
  });

  it('names why an execution waits', () => {
    const text = reportOf({
      resultSummary: null,
      status: 'running',
      endReason: null,
      waitingReason: 'quota_pages',
    });
    expect(text).toContain(
      '\n  Waits     quota_pages: its tenant has fetched as many pages today (UTC) as it may',
    );
    expect(reportOf()).not.toContain('Waits');
  });

  it('says so when the receipt does not balance', () => {
    const coverage = { discovered: 3, fetched: 1, failed: 0, skipped: 1, pending: 0 };
    expect(reportOf({ coverage })).toContain('does not balance');
  });

  it('does without a summary, as an execution under way has none', () => {
    const text = reportOf({ resultSummary: null, status: 'running', endReason: null, durationSeconds: 10 });
    expect(text).toContain('Status    running\n');
    expect(text).toContain('(123.4 pages/s)');
    expect(text).not.toContain('Slowest');
  });

  it('lets no page steer the terminal', () => {
    const slowest = [
      { url: 'https://x.org/\u001b[2J\u202e', urlKey: crypto.randomUUID(), statusCode: 200, totalMs: 1 },
    ];
    const { resultSummary } = sampleExecution();
    const text = reportOf({ resultSummary: { ...resultSummary, slowest } });
    expect(text).toContain('https://x.org/\u{fffd}[2J\u{fffd}');
  });

  it('says why nothing was fetched, below the status', () => {
    const execution = sampleExecution({ status: 'failed', endReason: 'robots_unreachable' });
    const causes = ['the host name does not exist (dns_not_found)', 'it answered\u001b 503'];
    const lines = renderReport({ execution, campaignName: 'Docs', causes }, plain).split('\n');
    expect(lines[1]).toMatch(/^ {2}Status {4}failed: /);
    expect(lines.slice(2, 4)).toEqual([
      '  Why       the host name does not exist (dns_not_found)',
      '            it answered\u{fffd} 503',
    ]);
  });

  it.each([
    [{ '4xx': 1 }, 1, true],
    [{ '404': 2, '5xx': 1 }, 3, true],
    [{ '4xx': 2, '3xx': 1 }, 3, false],
    [{ '2xx': 1 }, 1, false],
    [{}, 0, false],
  ])('with answers %j warns that no page answered with success: %j', (fetchedByStatus, fetched, warns) => {
    const summary = sampleExecution().resultSummary as { receipt: object };
    const receipt = { ...summary.receipt, fetchedByStatus, fetched };
    const text = reportOf({ resultSummary: { ...summary, receipt } });
    expect(text.includes('  Warning   no page answered with success')).toBe(warns);
  });

  it('has a sentence for every end', () => {
    expect(Object.keys(END_SENTENCES).sort()).toEqual([...END_REASONS].sort());
  });
});

describe('crawlResult', () => {
  it('is exactly the object that scripts rely on', () => {
    const execution = sampleExecution({ durationSeconds: null });
    expect(crawlResult(execution)).toStrictEqual({
      executionId: execution.id,
      status: 'completed',
      pagesCrawled: 1_234,
      errorsEncountered: 31,
      durationSeconds: 0,
      coverage: { discovered: 1_300, fetched: 1_234, failed: 1, skipped: 65, pending: 0 },
    });
  });
});

describe('whereToLook', () => {
  const place = {
    executionId: 'E',
    campaignId: 'C',
    hasErrors: true,
    hasEarlier: true,
    data: '/data',
    apiUrl: null,
    programName: 'npm run outrider --',
  };

  it('starts with bringing the platform up when it has ended', () => {
    expect(whereToLook(place)).toContain('npm start');
    expect(whereToLook(place)).toContain('npm run outrider -- pages E');
    expect(whereToLook(place)).toContain('npm run outrider -- errors C');
    expect(whereToLook(place)).toContain('npm run outrider -- changes E');
  });

  it('names the API that still answers, and no errors where there are none', () => {
    const text = whereToLook({
      ...place,
      apiUrl: 'http://127.0.0.1:1',
      hasErrors: false,
      hasEarlier: false,
      programName: 'outrider',
    });
    expect(text).toContain('http://127.0.0.1:1/docs');
    expect(text).not.toContain('npm start');
    expect(text).not.toContain(' errors ');
    expect(text).not.toContain(' changes ');
  });
});
