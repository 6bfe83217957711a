import { describe, expect, it } from 'vitest';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import { claimedTarget, parsePage } from '../testing/test-target.js';
import { buildPageRecord, type PageFacts } from './page-record.js';

const PAGE = 'http://a.test/page';
const RESPONSE: FetchResponse = {
  kind: 'response',
  status: 200,
  headers: [['content-type', 'text/html']],
  httpVersion: '1.1',
  remoteAddress: '192.0.2.1',
  location: null,
  contentType: 'text/html',
  contentEncoding: 'gzip',
  timings: { dnsMs: 1, connectMs: 2, tlsMs: null, ttfbMs: 3, downloadMs: 4, totalMs: 10 },
  wireBytes: 100,
  decodedBytes: 300,
  bodySha256: 'ab'.repeat(32),
  truncated: true,
};

/** The record, its JSON texts read. */
function recordOf(changes: Partial<PageFacts> = {}) {
  const record = buildPageRecord({
    target: claimedTarget(PAGE, { depth: 2, attempt: 3 }),
    response: RESPONSE,
    fetchedAt: new Date(0),
    content: null,
    redirect: null,
    redirectType: null,
    sniffedType: null,
    blockedBy: null,
    carriedFrom: null,
    internalLinks: 4,
    externalLinks: 5,
    uniqueInternalLinks: 3,
    uniqueExternalLinks: 0,
    nofollowLinks: 2,
    rendering: null,
    robotsToken: 'OutriderBot',
    identify: (url) => url,
    ...changes,
  });
  const read = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  return { ...record, response: read(record.response), page: read(record.page) };
}

describe('the record of a page', () => {
  it('has what the fetch saw', () => {
    expect(recordOf()).toMatchObject({
      url: PAGE,
      host: 'a.test',
      depth: 2,
      attempt: 3,
      statusCode: 200,
      isHtml: false,
      ttfbMs: 3,
      totalMs: 10,
      wireBytes: 100,
      decodedBytes: 300,
      bodyHash: 'ab'.repeat(32),
      internalLinks: 4,
      externalLinks: 5,
      indexable: false,
      indexabilityReason: 'non_html',
      page: null,
      rendering: null,
      response: { remoteAddress: '192.0.2.1', contentEncoding: 'gzip', truncated: true, location: null },
    });
  });

  it('has the first title, description, heading and canonical in the head, and no links', () => {
    const content = parsePage(
      PAGE,
      `<html lang=de><title> A
        title</title><title>Another</title><meta name=description content=Text>
        <link rel=canonical href=/canonical><body><h1>One</h1><h1>Two</h1><a href=/x>link</a>`,
    );
    const record = recordOf({ content });
    expect(record).toMatchObject({
      isHtml: true,
      title: 'A title',
      description: 'Text',
      h1: 'One',
      canonicalUrl: 'http://a.test/canonical',
      language: 'de',
      wordCount: 3,
      indexable: false,
      indexabilityReason: 'canonicalised',
    });
    expect(record.textHash).toMatch(/^[0-9a-f]{64}$/);
    expect(record.page).not.toHaveProperty('links');
    expect(record.page).toMatchObject({
      headings: { outline: '11' },
      linkCounts: { uniqueInternal: 3, nofollow: 2 },
      text: { mainSource: 'page', mainWordCount: 3 },
    });
    expect(record).toMatchObject({
      titleLength: 7,
      titlePixels: 50,
      descriptionLength: 4,
      descriptionPixels: 27,
    });
    expect(record.mainTextHash).toBe(record.textHash);
    expect(record.simhash).toMatch(/^-?\d+$/);
  });

  it('leaves out what a document does not have', () => {
    const { page } = recordOf({ content: parsePage(PAGE, ''), uniqueInternalLinks: 0, nofollowLinks: 0 });
    expect(page).toEqual({
      document: { charset: { name: 'utf-8', source: 'header' } },
      text: { mainSource: 'page' },
    });
  });

  it('keeps what scripts wrote to the console as it can be stored', () => {
    const items = ['\0', 'a\ud83db', '\udc00', '😀', 'plain'];
    const { rendering } = recordOf({ rendering: { rendered: true, consoleErrors: { items, count: 5 } } });
    expect(JSON.parse(rendering ?? '')).toEqual({
      rendered: true,
      consoleErrors: { items: ['\ufffd', 'a\ufffdb', '\ufffd', '😀', 'plain'], count: 5 },
    });
  });

  it('of an error page sent as a page has a high soft 404 score', () => {
    const html = '<title>Page not found</title><h1>Oops</h1><p>Sorry, this page does not exist.';
    expect(recordOf({ content: parsePage(PAGE, html) }).soft404Score).toBe(1);
    const response = { ...RESPONSE, status: 404 };
    expect(recordOf({ content: parsePage(PAGE, html), response }).soft404Score).toBe(0);
  });

  it('counts what the page loads, from whom, and what is not secure', () => {
    const url = 'https://www.a.test/page';
    const content = parsePage(
      url,
      `<link rel=stylesheet href=/s.css><link rel=preload as=font href=/f.woff2><script src="//cdn.b.test/x.js"></script>
        <script>1</script><script src="http://a.test/y.js"></script><img src="http://img.c.test/i.png" alt>
        <img src="http://c.test/j.png"><iframe src=/frame></iframe><form action="http://a.test/login"></form>`,
    );
    expect(recordOf({ target: claimedTarget(url), content }).page).toMatchObject({
      images: { count: 2, missingAlt: 1, emptyAlt: 1, missingDimensions: 2 },
      resources: {
        scripts: 2,
        inlineScripts: 1,
        styles: 1,
        fonts: 1,
        images: 2,
        frames: 1,
        thirdParty: 3,
        thirdPartyDomains: ['b.test', 'c.test'],
        mixedActive: 1,
        mixedPassive: 2,
        insecureForms: 1,
      },
    });
  });

  it('of a redirect names where it leads, and the way that led to it', () => {
    const hop = { url: 'http://a.test/old', status: 302, type: 'http', ms: 3 } as const;
    const record = recordOf({
      target: claimedTarget(PAGE, { redirectHops: [hop] }),
      response: {
        ...RESPONSE,
        status: 301,
        bodySha256: null,
        location: { raw: '/next', url: 'http://a.test/next', problem: null },
      },
      redirect: {
        url: 'http://a.test/next',
        key: 'a-key',
        host: 'a.test',
        isInternal: true,
        linkedBy: 0,
        logged: false,
        awaitsFollow: false,
      },
    });
    expect(record).toMatchObject({
      redirectUrl: 'http://a.test/next',
      redirectKey: 'a-key',
      bodyHash: null,
      indexabilityReason: 'redirect',
      response: { location: '/next', redirectHops: [hop] },
    });
  });
});
