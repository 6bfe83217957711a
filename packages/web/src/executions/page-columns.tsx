import type { Page } from '@outrider/shared/contract';
import { formatBytes, formatCount, formatMilliseconds, formatMoment, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { LongText } from '../display/long-text.js';
import { StatusCode } from '../display/state-badge.js';
import type { VirtualColumn } from '../display/virtual-columns.js';

/** A column of text that may be longer than its place. */
function words(
  name: string,
  width: string,
  textOf: (page: Page) => string | null,
  isUrl = false,
): VirtualColumn<Page> {
  return { name, width, cell: (page) => <LongText text={textOf(page)} isUrl={isUrl} /> };
}

/** A column of figures. */
function figure(name: string, width: string, textOf: (page: Page) => string): VirtualColumn<Page> {
  return { name, width, align: 'end', cell: textOf };
}

/** Every column that a list of pages may have. Where the API keeps an order by it, it can be sorted. */
export const PAGE_COLUMNS: readonly VirtualColumn<Page>[] = [
  {
    name: 'URL',
    width: 'minmax(14rem, 3fr)',
    onPhone: 'line',
    cell: ({ executionId, urlKey, url }) => (
      <TextLink
        to="/executions/$id/urls/$key"
        params={{ id: executionId, key: urlKey }}
        className="url url-line"
        title={url}
      >
        {url}
      </TextLink>
    ),
  },
  {
    name: 'Status',
    width: '5rem',
    cell: ({ statusCode }) => <StatusCode status={statusCode} />,
    sorts: [
      { sort: 'status_desc', direction: 'descending' },
      { sort: 'status', direction: 'ascending' },
    ],
  },
  { ...words('Title', 'minmax(8rem, 2fr)', ({ title }) => title), onPhone: { width: 'minmax(8rem, 1fr)' } },
  words('Description', 'minmax(8rem, 2fr)', ({ description }) => description),
  words('Heading', 'minmax(8rem, 2fr)', ({ h1 }) => h1),
  {
    name: 'Indexable',
    width: '7.5rem',
    cell: ({ indexable, indexabilityReason }) =>
      indexable ? 'yes' : `no: ${inWords(indexabilityReason ?? 'unknown')}`,
  },
  words('Canonical', 'minmax(8rem, 2fr)', ({ canonicalUrl }) => canonicalUrl, true),
  words('Redirects to', 'minmax(8rem, 2fr)', ({ redirectUrl }) => redirectUrl, true),
  words('Type', '8rem', ({ contentType }) => contentType),
  words('Language', '5rem', ({ language }) => language),
  figure('Words', '4.5rem', ({ wordCount }) => formatCount(wordCount)),
  figure('Links in the site', '7rem', ({ internalLinks }) => formatCount(internalLinks)),
  figure('Links out of it', '7rem', ({ externalLinks }) => formatCount(externalLinks)),
  figure('Clicks', '3.5rem', ({ depth }) => formatCount(depth)),
  figure('First byte', '5rem', ({ ttfbMs }) => formatMilliseconds(ttfbMs)),
  {
    ...figure('Time', '5rem', ({ totalMs }) => formatMilliseconds(totalMs)),
    sorts: [
      { sort: 'slowest', direction: 'descending' },
      { sort: 'fastest', direction: 'ascending' },
    ],
  },
  figure('Size', '5rem', ({ wireBytes }) => formatBytes(wireBytes)),
  { name: 'Fetched', width: '12rem', cell: ({ fetchedAt }) => formatMoment(fetchedAt) },
];

/** The columns of whoever has chosen none. */
export const USUAL_PAGE_COLUMNS = ['URL', 'Status', 'Title', 'Indexable', 'Clicks', 'Time', 'Size'] as const;
/** Of these, what a phone has room for. */
export const PHONE_PAGE_COLUMNS = ['URL', 'Status', 'Title', 'Time'] as const;
