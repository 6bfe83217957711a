import { createHash } from 'node:crypto';
import { type CoverageReceipt, urlKey } from '@outrider/shared';
import type { PageLinkRecord } from '../links/page-link-record.js';
import { encodePageLinks } from '../links/page-links.js';
import { EXAMPLE_MOMENT, exampleId } from './example-id.js';
import { EXAMPLE_SITE, type ExampleUrl } from './example-site.js';

/** Whose records they are. */
export interface ExampleOwner {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly executionId: string;
  readonly laneId: string;
  readonly instanceId: string;
}

const hostOf = (url: string): string => new URL(url).host;
const at = (seconds: number): Date => new Date(EXAMPLE_MOMENT.getTime() + seconds * 1_000);
const countBy = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

export function exampleReceipt(): CoverageReceipt {
  const outcomes = EXAMPLE_SITE.map((entry) => entry.outcome);
  const count = (kind: ExampleUrl['outcome']['kind']): number =>
    outcomes.filter((outcome) => outcome.kind === kind).length;
  return {
    discovered: EXAMPLE_SITE.length,
    fetched: count('fetched'),
    failed: count('failed'),
    skipped: count('skipped'),
    pending: 0,
    balanced: true,
    failedByCode: countBy(outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.code] : []))),
    skippedByReason: countBy(
      outcomes.flatMap((outcome) => (outcome.kind === 'skipped' ? [outcome.reason] : [])),
    ),
    discoveredByMethod: countBy(EXAMPLE_SITE.map((entry) => entry.method)),
    fetchedByStatus: countBy(
      outcomes.flatMap((outcome) => (outcome.kind === 'fetched' ? [String(outcome.status)] : [])),
    ),
  };
}

export function exampleTargets({ tenantId, executionId }: ExampleOwner) {
  return EXAMPLE_SITE.flatMap(({ url, depth, outcome }, index) =>
    outcome.kind === 'skipped'
      ? []
      : {
          ...{
            executionId,
            tenantId,
            url,
            depth,
            discoveryOrder: index + 1,
            attempt: 1,
            isSeed: depth === 0,
          },
          urlKey: urlKey(url),
          host: hostOf(url),
          state: outcome.kind,
          failureCode: outcome.kind === 'failed' ? outcome.code : null,
          settledAt: at(index + 1),
        },
  );
}

export function exampleDiscoveries({ tenantId, campaignId, executionId }: ExampleOwner) {
  return EXAMPLE_SITE.map(({ url, depth, outcome, method, source }, index) => ({
    ...{ executionId, tenantId, campaignId, discoveredUrl: url, sourceUrl: source, urlDepth: depth },
    urlHash: urlKey(url),
    host: hostOf(url),
    discoveryMethod: method,
    isInternal: hostOf(url) === 'example.org',
    shouldCrawl: outcome.kind !== 'skipped',
    skipReason: outcome.kind === 'skipped' ? outcome.reason : null,
    skipRule: outcome.kind === 'skipped' ? outcome.rule : null,
    discoveredAt: at(index),
  }));
}

export function exampleResults({ tenantId, campaignId, executionId }: ExampleOwner) {
  return EXAMPLE_SITE.flatMap(({ url, depth, outcome }, index) => {
    if (outcome.kind !== 'fetched') return [];
    const { status, title, redirect = null } = outcome;
    return {
      ...{ executionId, tenantId, campaignId, url, depth, title, attempt: 1 },
      urlKey: urlKey(url),
      host: hostOf(url),
      statusCode: status,
      contentType: redirect === null ? 'text/html; charset=utf-8' : null,
      isHtml: redirect === null,
      fetchedAt: at(index + 1),
      ttfbMs: 40 + index,
      totalMs: 60 + 10 * index,
      wireBytes: 2_000,
      decodedBytes: 6_000,
      redirectUrl: redirect,
      redirectKey: redirect === null ? null : urlKey(redirect),
      h1: title,
      indexable: status === 200,
      indexabilityReason: redirect === null ? (status === 404 ? 'client_error' : null) : 'redirect',
      language: 'en',
      wordCount: redirect === null ? 250 : null,
      bodyHash: createHash('sha256').update(url).digest(),
      response: { httpVersion: '1.1', headers: { 'content-type': ['text/html; charset=utf-8'] } },
      page: null,
      rendering: null,
    };
  });
}

export function exampleLinks({ tenantId, executionId }: ExampleOwner) {
  const sources = new Set(EXAMPLE_SITE.flatMap(({ source }) => source ?? []));
  return [...sources].map((source) => {
    const { length, targetKeys, text } = encodePageLinks(linksOf(source));
    return {
      ...{ executionId, tenantId, sourceKey: urlKey(source) },
      ...{ linkCount: length, targetKeys: targetKeys.split(','), links: text },
    };
  });
}

export function exampleInlinks({ tenantId, executionId }: ExampleOwner) {
  return EXAMPLE_SITE.flatMap(({ url, source }) =>
    source === null
      ? []
      : {
          ...{ executionId, tenantId, targetKey: urlKey(url), lastSourceKey: urlKey(source) },
          sourceKeys: [urlKey(source)],
        },
  );
}

function linksOf(source: string): PageLinkRecord[] {
  const targets = EXAMPLE_SITE.filter((entry) => entry.source === source);
  return targets.map(({ url }, ordinal) => ({
    ...{ ordinal, targetKey: urlKey(url), targetUrl: url, rawHref: url, linkType: 'hyperlink' },
    ...{ isInternal: hostOf(url) === 'example.org', follow: true, rel: null, anchorText: 'A link' },
    ...{ altText: null, position: 'content', origin: 'html', pathType: 'absolute', problem: null },
  }));
}

/** A calendar that two pages of were crawled. */
export function exampleBudget({ tenantId, executionId }: ExampleOwner) {
  return {
    ...{ executionId, tenantId, budgetKey: exampleId(tenantId, 'budget') },
    ...{ option: 'traps.maxPerDatePattern', pattern: 'https://example.org/calendar/{date}', taken: 2 },
  };
}

export function exampleErrors({ tenantId, campaignId, executionId, instanceId }: ExampleOwner) {
  const owner = { tenantId, campaignId, executionId, crawlerId: instanceId };
  const place = (url: string) => ({ url, urlHash: urlKey(url), host: hostOf(url), occurredAt: at(10) });
  return [
    {
      ...owner,
      ...place('https://example.org/missing'),
      ...({ errorType: 'http', severity: 'warning', errorCode: 'http_404', httpStatusCode: 404 } as const),
      id: exampleId(tenantId, 'error 404'),
      errorMessage: 'The server answered 404 Not Found.',
    },
    {
      ...owner,
      ...place('https://example.org/slow'),
      ...({ errorType: 'timeout', severity: 'error', errorCode: 'headers_timeout', retryCount: 2 } as const),
      id: exampleId(tenantId, 'error timeout'),
      errorMessage: 'No response headers came within 15 s.',
    },
  ];
}
