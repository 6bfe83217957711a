import { describe, expect, it } from 'vitest';
import { createPageParser } from '../parse/page-parser.js';
import { parsePage } from '../testing/test-target.js';
import { mergeLinks, recordRendering } from './rendering-record.js';

const URL = 'https://example.org/page';

describe('the links of a page and of its rendered form', () => {
  it('are told apart by where they were seen, and each occurrence counts once', () => {
    const raw = parsePage(URL, '<a href=/both>a</a><a href=/both>b</a><a href=/gone>c</a>');
    const rendered = parsePage(URL, '<a href=/new>n</a><a href=/both>a</a>');
    const merged = mergeLinks(raw.links, rendered.links);
    expect(merged.map(({ ordinal, targetUrl, origin }) => [ordinal, targetUrl, origin])).toEqual([
      [0, 'https://example.org/new', 'rendered'],
      [1, 'https://example.org/both', 'both'],
      [2, 'https://example.org/both', 'html'],
      [3, 'https://example.org/gone', 'html'],
    ]);
  });
});

const RENDERED = {
  kind: 'rendered',
  settledBy: 'idle',
  renderMs: 12,
  navigation: null,
  consoleErrors: { items: [], count: 0 },
  failedRequests: { items: [], count: 0 },
  requests: 0,
  blockedRequests: 0,
  resourceBytes: 0,
  cut: false,
  screenshot: null,
  screenshotFailure: null,
} as const;

describe('a rendered page in the record', () => {
  it('stands beside its HTML, with the fields that differ named', () => {
    const raw = parsePage(URL, '<title>Loading</title><h1>One</h1><p>some words');
    const content = parsePage(URL, '<title>Loaded</title><h1>One</h1><p>some more words<a href=/x>x</a>');
    const { content: recorded, rendering } = recordRendering(raw, {
      ...RENDERED,
      content,
      screenshotFailure: { code: 'screenshot_timeout', message: 'too long' },
    });
    expect(recorded?.head.titles.items[0]?.text).toBe('Loaded');
    expect(rendering).toMatchObject({
      rendered: true,
      renderMs: 12,
      fields: { title: { html: 'Loading', rendered: 'Loaded' }, h1: { html: 'One', rendered: 'One' } },
      differences: ['title', 'wordCount', 'linkCount'],
      links: { html: 0, rendered: 1, both: 0 },
      screenshotFailure: { code: 'screenshot_timeout', message: 'too long' },
    });
    expect(rendering).not.toHaveProperty('screenshot');
  });

  it('keeps what only its HTML can tell: its character set, and what ended its head early', () => {
    const parser = createPageParser({ url: URL, contentType: 'text/html', headers: [] });
    parser.write(Buffer.from('<head><meta charset=windows-1251><div></div><title>x</title></head>'));
    const raw = parser.end();
    // The browser hands over its own document, whose markup is mended and in UTF-8.
    const content = parsePage(
      URL,
      '<head><meta charset=windows-1251></head><body><div></div><title>x</title>',
    );
    const { content: recorded } = recordRendering(raw, { ...RENDERED, content });
    expect(content.document.headEndedEarlyBy).toBeNull();
    expect(recorded?.document).toMatchObject({
      charset: { name: 'windows-1251', source: 'meta' },
      headEndedEarlyBy: 'div',
    });
  });

  it('that could not be rendered is recorded as its HTML says, with the reason', () => {
    const raw = parsePage(URL, '<title>Loading</title>');
    const failure = { code: 'render_timeout', message: 'too long' } as const;
    const { content, rendering } = recordRendering(raw, { kind: 'not_rendered', ...failure });
    expect(content).toBe(raw);
    expect(rendering).toEqual({ rendered: false, failure });
  });

  it('is no matter for a page that was not to be rendered', () => {
    expect(recordRendering(null, null)).toEqual({ content: null, rendering: null });
  });
});
