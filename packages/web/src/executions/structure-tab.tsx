import { Paper, Stack, Table, Text, Title, Tooltip } from '@mantine/core';
import { isTerminal, type SiteDepth, type SiteFolder, type SiteStructure } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, linkOptions } from '@tanstack/react-router';
import { useMemo } from 'react';
import { routeQuery } from '../client/queries.js';
import { formatCount, formatShare, NOTHING } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { HeadedTable } from '../display/scroll-table.js';
import { useIsPhone } from '../display/use-is-phone.js';
import { executionQuery } from './execution-layout.js';
import { layOutStructure, type PlacedFolder, urlPartOf } from './structure-layout.js';

const route = getRouteApi('/inside/executions/$id/structure');
const LEVEL_HEIGHT = 54;
/** Shares that have room for a name. */
const LEAST_NAMED = 0.03;
const LEAST_NAMED_ON_PHONE = 0.12;
/** Folders that the table names; the picture shows the others. */
const ROWS = 60;
const CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;
const FIGURES = ['Pages', ...CLASSES].map((label) => ({ label, align: 'right' as const }));
const RUNNING_MS = 15_000;

/** The site that was crawled, by folders and by clicks from a seed; each part leads to its pages. */
export function StructureTab() {
  const { id } = route.useParams();
  const execution = useQuery(executionQuery(id));
  const isOver = execution.data !== undefined && isTerminal(execution.data.status);
  const query = useQuery({
    ...routeQuery('readStructure', { params: { id } }),
    refetchInterval: isOver ? false : RUNNING_MS,
  });
  return (
    <Shown query={query}>
      {(structure) =>
        structure.pages === 0 ? (
          <EmptyNote title="No page has been fetched">
            {isOver ? 'The coverage says where its URLs went.' : 'The first pages will be here in a moment.'}
          </EmptyNote>
        ) : (
          <Stack>
            <Folders structure={structure} />
            <Depths structure={structure} />
          </Stack>
        )
      }
    </Shown>
  );
}

function Folders({ structure }: { readonly structure: SiteStructure }) {
  const { folders, pages, complete, executionId } = structure;
  const placed = useMemo(() => layOutStructure(folders), [folders]);
  const leastNamed = useIsPhone() ? LEAST_NAMED_ON_PHONE : LEAST_NAMED;
  const levels = 1 + Math.max(0, ...placed.map(({ level }) => level));
  return (
    <Paper withBorder p="md">
      <Title order={2} mb={4}>
        Folders
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {complete
          ? `All ${formatCount(pages)} pages that were fetched. `
          : `${formatCount(pages)} of the fetched pages, taken at random. `}
        Each folder is as wide as its share of them, and red below where answers of 4xx or 5xx are among them.
      </Text>
      <section
        className="structure"
        style={{ height: levels * LEVEL_HEIGHT + 2, marginBottom: 12 }}
        aria-label="The site's folders as a picture; the table below says the same"
      >
        {placed.map((place) => (
          <FolderBox
            key={urlPartOf(place.folder)}
            place={place}
            leastNamed={leastNamed}
            all={pages}
            executionId={executionId}
          />
        ))}
      </section>
      <FolderTable structure={structure} />
    </Paper>
  );
}

const pagesLink = (executionId: string, folder: SiteFolder) =>
  linkOptions({
    to: '/executions/$id/urls',
    params: { id: executionId },
    search: { q: urlPartOf(folder) },
  });

interface FolderBoxProps {
  readonly place: PlacedFolder;
  readonly leastNamed: number;
  readonly all: number;
  readonly executionId: string;
}

function FolderBox({ place, leastNamed, all, executionId }: FolderBoxProps) {
  const { folder, level, left, width } = place;
  const name = folder.folders.at(-1) ?? folder.host;
  const errors = folder['4xx'] + folder['5xx'];
  const failed = errors === 0 ? '' : `, ${formatCount(errors)} with 4xx or 5xx`;
  const label = `${urlPartOf(folder).slice(2)}: ${formatCount(folder.pages)} pages (${formatShare(folder.pages / all)})${failed}`;
  return (
    <Tooltip label={label}>
      <Link
        {...pagesLink(executionId, folder)}
        className="structure-folder"
        aria-label={label}
        data-errors={errors > 0}
        style={{
          height: LEVEL_HEIGHT,
          left: `${left * 100}%`,
          top: level * LEVEL_HEIGHT,
          width: `${width * 100}%`,
        }}
      >
        {width < leastNamed ? null : (
          <>
            {name}
            <br />
            {formatCount(folder.pages)}
          </>
        )}
      </Link>
    </Tooltip>
  );
}

function FolderTable({ structure }: { readonly structure: SiteStructure }) {
  const { folders, executionId } = structure;
  const indent = useIsPhone() ? 0.5 : 1.2;
  // The largest: no folder is larger than the one that it lies in, so that one is always among them.
  const rows = useMemo(
    () =>
      [...folders]
        .sort((a, b) => b.pages - a.pages)
        .slice(0, ROWS)
        .sort(inOrderOfPlace),
    [folders],
  );
  return (
    <HeadedTable label="Folders" minWidth={560} heads={['Folder', ...FIGURES]} onPhone="dense">
      {rows.map((folder) => (
        <Table.Tr key={urlPartOf(folder)}>
          <Table.Td style={{ paddingLeft: `${0.6 + folder.folders.length * indent}rem` }}>
            <TextLink {...pagesLink(executionId, folder)} className="url">
              {folder.folders.length === 0 ? folder.host : `${folder.folders.at(-1)}/`}
            </TextLink>
          </Table.Td>
          <Figures of={folder} />
        </Table.Tr>
      ))}
    </HeadedTable>
  );
}

/** Each folder behind the one that it lies in, as a tree is read. */
function inOrderOfPlace(a: SiteFolder, b: SiteFolder): number {
  return urlPartOf(a) < urlPartOf(b) ? -1 : 1;
}

function Figures({ of }: { readonly of: SiteFolder | SiteDepth }) {
  return (
    <>
      <Table.Td ta="right">{formatCount(of.pages)}</Table.Td>
      {CLASSES.map((name) => (
        <Table.Td key={name} ta="right">
          {of[name] === 0 ? NOTHING : formatCount(of[name])}
        </Table.Td>
      ))}
    </>
  );
}

function Depths({ structure }: { readonly structure: SiteStructure }) {
  const { depths, executionId } = structure;
  const most = Math.max(...depths.map(({ pages }) => pages));
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        Clicks from a seed
      </Title>
      <HeadedTable
        label="Pages by clicks from a seed"
        minWidth={560}
        heads={['Clicks', ...FIGURES]}
        onPhone="dense"
      >
        {depths.map((row) => (
          <Table.Tr key={row.depth}>
            <Table.Td w="40%">
              <DepthBar executionId={executionId} row={row} share={row.pages / most} />
            </Table.Td>
            <Figures of={row} />
          </Table.Tr>
        ))}
      </HeadedTable>
    </Paper>
  );
}

interface DepthBarProps {
  readonly executionId: string;
  readonly row: SiteDepth;
  readonly share: number;
}

function DepthBar({ executionId, row, share }: DepthBarProps) {
  const { depth } = row;
  return (
    <>
      {depth === null ? (
        <Text span size="sm">
          in sitemaps only
        </Text>
      ) : (
        <TextLink to="/executions/$id/urls" params={{ id: executionId }} search={{ depth }}>
          {depth === 0 ? '0, the seeds' : depth}
        </TextLink>
      )}
      <div aria-hidden="true" style={{ background: 'var(--outrider-grid)', borderRadius: 2, height: 6 }}>
        <div
          style={{
            background: 'var(--outrider-fetched)',
            borderRadius: 2,
            height: 6,
            width: `${share * 100}%`,
          }}
        />
      </div>
    </>
  );
}
