import type { Page } from '@outrider/shared/contract';
import {
  formatBytes,
  formatCount,
  formatMilliseconds,
  formatMoment,
  inWords,
  NOTHING,
} from '../display/format.js';
import { TextLink } from '../display/links.js';
import { StatusCode } from '../display/state-badge.js';
import type { VirtualColumn } from '../display/virtual-list.js';

/** A column of text that may be longer than its place. */
function words(
  name: string,
  width: string,
  textOf: (page: Page) => string | null,
  className = 'url-line',
): VirtualColumn<Page> {
  return {
    name,
    width,
    cell: (page) => {
      const text = textOf(page);
      return (
        <span className={className} title={text ?? ''}>
          {text ?? NOTHING}
        </span>
      );
    },
  };
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
  words('Title', 'minmax(8rem, 2fr)', ({ title }) => title),
  words('Description', 'minmax(8rem, 2fr)', ({ description }) => description),
  words('Heading', 'minmax(8rem, 2fr)', ({ h1 }) => h1),
  {
    name: 'Indexable',
    width: '7.5rem',
    cell: ({ indexable, indexabilityReason }) =>
      indexable ? 'yes' : `no: ${inWords(indexabilityReason ?? 'unknown')}`,
  },
  words('Canonical', 'minmax(8rem, 2fr)', ({ canonicalUrl }) => canonicalUrl, 'url url-line'),
  words('Redirects to', 'minmax(8rem, 2fr)', ({ redirectUrl }) => redirectUrl, 'url url-line'),
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
