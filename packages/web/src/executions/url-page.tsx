import { Grid, Group, Image, Paper, SegmentedControl, Stack, Table, Text, Title } from '@mantine/core';
import { API_BASE, type PageDetail, type PageLink } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { routeQuery } from '../client/queries.js';
import { useChange } from '../client/use-change.js';
import { useList } from '../client/use-list.js';
import { ExternalUrl } from '../display/external-url.js';
import {
  formatBytes,
  formatCount,
  formatMilliseconds,
  formatMoment,
  inWords,
  NOTHING,
} from '../display/format.js';
import { TextLink } from '../display/links.js';
import { LongText } from '../display/long-text.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { ReadListTable } from '../display/read-list.js';
import { Facts } from '../display/stat.js';
import { StatusCode } from '../display/state-badge.js';
import type { VirtualColumn } from '../display/virtual-columns.js';
import { executionQuery } from './execution-layout.js';
import { ExplanationOf } from './explain-tab.js';
import { PageHistory } from './page-history.js';

const route = getRouteApi('/inside/executions/$id/urls/$key');

/** All that was recorded of a URL. */
export function UrlPage() {
  const params = route.useParams();
  const query = useQuery(routeQuery('getPage', { params }));
  return (
    <Shown query={query}>
      {(page) => (
        <Stack>
          <Group gap="sm">
            <StatusCode status={page.statusCode} />
            <ExternalUrl url={page.url} />
          </Group>
          <Grid gutter="md">
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Says page={page} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Answer page={page} />
            </Grid.Col>
          </Grid>
          <Redirects page={page} />
          <Links page={page} />
          <History page={page} />
          <Screenshot page={page} />
          <Title order={2}>Why</Title>
          <ExplanationOf executionId={page.executionId} url={page.url} />
        </Stack>
      )}
    </Shown>
  );
}

const sized = (text: string | null, length: number | null, pixels: number | null): string =>
  text === null ? NOTHING : `${text} (${formatCount(length)} characters, ${formatCount(pixels)} px)`;

function Says({ page }: { readonly page: PageDetail }) {
  return (
    <Paper withBorder p="md" h="100%">
      <Title order={2} mb="xs">
        What it says
      </Title>
      <Facts
        rows={[
          ['Title', sized(page.title, page.titleLength, page.titlePixels)],
          ['Description', sized(page.description, page.descriptionLength, page.descriptionPixels)],
          ['Heading', page.h1 ?? NOTHING],
          ['Language', page.language ?? NOTHING],
          ['Words', formatCount(page.wordCount)],
          ['Indexable', page.indexable ? 'yes' : `no: ${inWords(page.indexabilityReason ?? 'unknown')}`],
          [
            'Canonical',
            page.canonicalUrl === null ? NOTHING : <ExternalUrl key="canonical" url={page.canonicalUrl} />,
          ],
          [
            'Links',
            `${formatCount(page.internalLinks)} internal, ${formatCount(page.externalLinks)} external`,
          ],
        ]}
      />
    </Paper>
  );
}

function Answer({ page }: { readonly page: PageDetail }) {
  return (
    <Paper withBorder p="md" h="100%">
      <Title order={2} mb="xs">
        The answer
      </Title>
      <Facts
        rows={[
          ['Fetched', formatMoment(page.fetchedAt)],
          ['Content type', page.contentType ?? NOTHING],
          ['First byte', formatMilliseconds(page.ttfbMs)],
          ['In all', formatMilliseconds(page.totalMs)],
          ['Received', `${formatBytes(page.wireBytes)}, ${formatBytes(page.decodedBytes)} decoded`],
          ['Try', page.attempt],
          ['Waited for its turn', formatMilliseconds(page.queueWaitMs)],
          ['Clicks from a seed', formatCount(page.depth)],
          ['Pages that link to it', formatCount(page.inlinks)],
          ['Sitemaps that name it', formatCount(page.sitemaps.length)],
        ]}
      />
    </Paper>
  );
}

function Redirects({ page }: { readonly page: PageDetail }) {
  const { hops, finalUrl, finalStatus, loop } = page.redirects;
  if (hops.length === 0) return null;
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        Where it redirects
      </Title>
      <Table>
        <Table.Tbody>
          {hops.map((hop) => (
            <Table.Tr key={hop.url}>
              <Table.Td>
                <span className="url">{hop.url}</span>
              </Table.Td>
              <Table.Td>
                <StatusCode status={hop.status} />
              </Table.Td>
              <Table.Td ta="right">{formatMilliseconds(hop.ms)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed">
        {loop
          ? 'It goes round in a circle.'
          : `It ends at ${finalUrl ?? 'an address that was not fetched'}${finalStatus === null ? '' : `, with ${finalStatus}`}.`}
      </Text>
    </Paper>
  );
}

const linkColumns = (direction: 'in' | 'out'): readonly VirtualColumn<PageLink>[] => [
  {
    name: direction === 'in' ? 'From' : 'To',
    width: 'minmax(0, 3fr)',
    onPhone: 'line',
    cell: ({ sourceUrl, sourceKey, targetUrl, targetKey, rawHref }) => (
      <LinkEnd
        url={direction === 'in' ? sourceUrl : (targetUrl ?? rawHref)}
        urlKey={direction === 'in' ? sourceKey : targetKey}
      />
    ),
  },
  {
    name: 'Text',
    width: 'minmax(0, 2fr)',
    cell: ({ anchorText, altText }) => <LongText text={anchorText ?? altText} />,
  },
  { name: 'Kind', width: '6rem', cell: ({ linkType }) => inWords(linkType) },
  { name: 'Place', width: '6rem', onPhone: 'hidden', cell: ({ position }) => inWords(position) },
  {
    name: 'Follow',
    width: '4rem',
    onPhone: { width: '3rem' },
    cell: ({ follow }) => (follow ? 'yes' : 'no'),
  },
  {
    name: 'Status',
    width: '4.5rem',
    onPhone: { width: '3.5rem' },
    cell: ({ targetStatusCode }) => <StatusCode status={targetStatusCode} />,
  },
];

function LinkEnd({ url, urlKey }: { readonly url: string; readonly urlKey: string | null }) {
  const { id } = route.useParams();
  if (urlKey === null) return <LongText text={url} isUrl />;
  return (
    <TextLink
      to="/executions/$id/explain"
      params={{ id }}
      search={{ url }}
      className="url url-line"
      title={url}
    >
      {url}
    </TextLink>
  );
}

const COLUMNS = { in: linkColumns('in'), out: linkColumns('out') } as const;

function Links({ page }: { readonly page: PageDetail }) {
  const params = route.useParams();
  const { links: direction = 'in' } = route.useSearch();
  const change = useChange<ReturnType<typeof route.useSearch>>();
  const list = useList('listPageLinks', { params, query: { direction, limit: 200 } });
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2}>Links</Title>
        <SegmentedControl
          aria-label="Direction of the links"
          data={[
            { value: 'in', label: 'To this URL' },
            { value: 'out', label: 'From this page' },
          ]}
          value={direction}
          onChange={(value) => change({ links: value === 'out' ? 'out' : 'in' })}
        />
      </Group>
      <ReadListTable
        key={direction}
        label={direction === 'in' ? 'Links to this URL' : 'Links from this page'}
        height="40vh"
        list={list}
        columns={COLUMNS[direction]}
        keyOf={({ sourceKey, ordinal }) => `${sourceKey} ${ordinal}`}
        empty={
          <EmptyNote title={direction === 'in' ? 'No page links to it' : 'It links to nothing'}>
            {direction === 'in' && page.inlinks === null
              ? 'In a large execution these are counted shortly after its end.'
              : null}
          </EmptyNote>
        }
      />
    </Stack>
  );
}

function History({ page }: { readonly page: PageDetail }) {
  const { data } = useQuery(executionQuery(page.executionId));
  return data === undefined ? null : <PageHistory campaignId={data.campaignId} urlKey={page.urlKey} />;
}

function Screenshot({ page }: { readonly page: PageDetail }) {
  const { screenshot, executionId, urlKey } = page;
  if (screenshot === null) return null;
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        As a browser saw it
      </Title>
      <Image
        src={`${API_BASE}/executions/${executionId}/pages/${urlKey}/screenshot`}
        alt="The page as it was rendered"
        w="auto"
        maw="100%"
        fit="contain"
      />
    </Paper>
  );
}
