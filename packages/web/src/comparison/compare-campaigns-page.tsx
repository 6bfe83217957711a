import { Group, MultiSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { MOST_COMPARED } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { routeQuery } from '../client/queries.js';
import { formatCount } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { PageHead } from '../display/page-head.js';
import { FigureCharts } from './figure-charts.js';
import { FigureTable } from './figure-table.js';
import { idsOf } from './ids-of.js';

const route = getRouteApi('/inside/campaigns/compare');

/** Several campaigns over the same days. */
export function CompareCampaignsPage() {
  const { ids: text, from, to } = route.useSearch();
  const ids = idsOf(text);
  const navigate = route.useNavigate();
  const change = (wanted: { readonly ids?: string; readonly from?: string; readonly to?: string }): void => {
    navigate({ search: (before) => ({ ...before, ...wanted }), replace: true }).catch(() => undefined);
  };
  return (
    <>
      <PageHead
        title="Compare campaigns"
        trail={[
          <TextLink key="campaigns" to="/campaigns">
            Campaigns
          </TextLink>,
        ]}
      />
      <Stack>
        <Group align="end" gap="sm">
          <CampaignChoice ids={ids} onChange={(chosen) => change({ ids: chosen.join(',') })} />
          <TextInput
            type="date"
            label="From"
            value={from ?? ''}
            onChange={(event) => change({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label="To"
            value={to ?? ''}
            onChange={(event) => change({ to: event.currentTarget.value })}
          />
        </Group>
        {ids.length < 2 ? (
          <EmptyNote title="Choose two campaigns or more">
            Their figures are shown side by side, the first one being what the others are compared with.
          </EmptyNote>
        ) : (
          <Comparison ids={ids} from={from} to={to} />
        )}
      </Stack>
    </>
  );
}

interface CampaignChoiceProps {
  readonly ids: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}

/** Campaigns by their names; those that are chosen stay in the list whatever is looked for. */
function CampaignChoice({ ids, onChange }: CampaignChoiceProps) {
  const [text, setText] = useState('');
  const [looked] = useDebouncedValue(text.trim(), 200);
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const { data } = useQuery(
    routeQuery('listCampaigns', {
      query: { limit: 50, nameContains: looked === '' ? undefined : looked },
    }),
  );
  const compared = useQuery({
    ...routeQuery('compareCampaigns', { query: { ids: ids.join(',') } }),
    enabled: ids.length > 1,
  });
  const found = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const known = (compared.data?.items ?? []).map(({ campaignId, name }) => ({
    value: campaignId,
    label: name,
  }));
  const listed = new Set([...found, ...known].map(({ value }) => value));
  const remembered = ids
    .filter((id) => !listed.has(id))
    .map((id) => ({ value: id, label: names.get(id) ?? id }));
  const options = [...new Map([...found, ...known, ...remembered].map((one) => [one.value, one])).values()];
  return (
    <MultiSelect
      label="Campaigns"
      placeholder={ids.length === 0 ? 'Find by name' : ''}
      data={options}
      value={[...ids]}
      onChange={(chosen) => {
        setNames(new Map(options.map(({ value, label }) => [value, label])));
        onChange(chosen);
      }}
      searchValue={text}
      onSearchChange={setText}
      searchable
      hidePickedOptions
      maxValues={MOST_COMPARED}
      nothingFoundMessage="No campaign is called that"
      miw={280}
      maw={640}
      style={{ flexGrow: 1 }}
    />
  );
}

interface ComparisonProps {
  readonly ids: readonly string[];
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function Comparison({ ids, from, to }: ComparisonProps) {
  const query = useQuery(routeQuery('compareCampaigns', { query: { ids: ids.join(','), from, to } }));
  return (
    <Shown query={query}>
      {({ items, ...days }) => {
        const sides = items.map(({ campaignId, name, executions, ...figures }) => ({
          ...figures,
          key: campaignId,
          name,
          executions,
          head: (
            <TextLink to="/campaigns/$id" params={{ id: campaignId }} style={{ overflowWrap: 'anywhere' }}>
              {name}
            </TextLink>
          ),
        }));
        return (
          <Stack>
            <Text size="sm" c="dimmed">
              {days.from} to {days.to} (UTC), by executions that have ended:{' '}
              {sides.map(({ name, executions }) => `${name} ${formatCount(executions)}`).join(', ')}. A
              campaign counts a page each time it was crawled.
            </Text>
            <FigureCharts sides={sides} />
            <FigureTable label="Figures of the campaigns" sides={sides} />
          </Stack>
        );
      }}
    </Shown>
  );
}
