import { Group, Select, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ItemOf, routeQuery } from '../client/queries.js';
import { formatMoment } from '../display/format.js';
import { Shown } from '../display/notes.js';
import { HeadedTable } from '../display/scroll-table.js';
import { CONFIG_FIELDS } from './config-fields.js';

/** Revisions one chooses from. */
const CHOICE = 100;

type Revision = ItemOf<'listRevisions'>;

/** The configurations that a campaign has had, two of them compared. */
export function RevisionHistory({ campaignId }: { readonly campaignId: string }) {
  const query = useQuery(
    routeQuery('listRevisions', { params: { id: campaignId }, query: { limit: CHOICE } }),
  );
  return (
    <Stack gap="sm" maw={760}>
      <Title order={2}>Revisions</Title>
      <Shown query={query} lines={2}>
        {({ items }) => {
          const [newest, before] = items;
          if (newest === undefined || before === undefined) {
            return (
              <Text c="dimmed" size="sm">
                This is the first one: nothing has been changed yet.
              </Text>
            );
          }
          return (
            <Compared
              key={newest.revision}
              campaignId={campaignId}
              revisions={items}
              newest={newest.revision}
              before={before.revision}
            />
          );
        }}
      </Shown>
    </Stack>
  );
}

interface ComparedProps {
  readonly campaignId: string;
  readonly revisions: readonly Revision[];
  readonly newest: number;
  readonly before: number;
}

function Compared({ campaignId, revisions, newest, before }: ComparedProps) {
  const [from, setFrom] = useState(before);
  const [to, setTo] = useState(newest);
  const data = revisions.map(({ revision, createdAt, createdByName }) => ({
    value: String(revision),
    label: `${revision}, ${formatMoment(createdAt)}${createdByName === null ? '' : `, by ${createdByName}`}`,
  }));
  const query = useQuery(
    routeQuery('getRevision', { params: { id: campaignId, revision: to }, query: { compare: from } }),
  );
  return (
    <>
      <Group gap="sm" align="end">
        <Select
          label="From revision"
          data={data}
          value={String(from)}
          onChange={(value) => setFrom(Number(value))}
          allowDeselect={false}
          w={300}
        />
        <Select
          label="To revision"
          data={data}
          value={String(to)}
          onChange={(value) => setTo(Number(value))}
          allowDeselect={false}
          w={300}
        />
      </Group>
      <Shown query={query} lines={2}>
        {({ changes }) => <ChangeTable changes={changes ?? []} />}
      </Shown>
    </>
  );
}

interface ChangeTableProps {
  readonly changes: readonly { readonly path: string; readonly before: unknown; readonly after: unknown }[];
}

function ChangeTable({ changes }: ChangeTableProps) {
  if (changes.length === 0) return <Text c="dimmed">They are the same.</Text>;
  return (
    <HeadedTable
      label="What changed between the revisions"
      minWidth={520}
      heads={['Setting', 'Was', 'Became']}
    >
      {changes.map(({ path, before, after }) => (
        <Table.Tr key={path}>
          <Table.Th scope="row" fw={400}>
            {CONFIG_FIELDS.find((field) => field.path === path)?.label ?? path}
            <Text size="xs" c="dimmed" className="url">
              {path}
            </Text>
          </Table.Th>
          <Table.Td className="url">{inText(before)}</Table.Td>
          <Table.Td className="url">{inText(after)}</Table.Td>
        </Table.Tr>
      ))}
    </HeadedTable>
  );
}

function inText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join('\n');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
