import {
  Alert,
  Badge,
  Button,
  Group,
  Paper,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Textarea,
  Title,
} from '@mantine/core';
import type { Plan, PlannedUrl } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { sentenceOf } from '../client/api-problem.js';
import { routeQuery } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { formatCount, formatDuration, inWords } from '../display/format.js';
import { HeadedTable } from '../display/scroll-table.js';
import { Stat } from '../display/stat.js';
import { StateBadge } from '../display/state-badge.js';
import { linesOf } from '../display/text-lines.js';

const route = getRouteApi('/inside/campaigns/$id/plan');

/** What the campaign would do with URLs, before it runs: in or out, by which rule, and how long it would take. */
export function PlanTab() {
  const params = route.useParams();
  const seeds = useQuery(routeQuery('listSeeds', { params, query: { limit: 20 } }));
  const [asked, setAsked] = useState<string | null>(null);
  const plan = useCall('planCampaign', { changes: [], quiet: true });
  const text = asked ?? (seeds.data?.items ?? []).map(({ url }) => url).join('\n');
  const urls = [...new Set(linesOf(text))];
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    plan.mutate({ params, body: { urls } });
  };
  return (
    <Stack maw={980}>
      <form onSubmit={onSubmit}>
        <Stack gap="sm">
          <Textarea
            label="Which URLs would be crawled?"
            description="One a line, up to 1,000. The seeds are there to begin with; add what you wonder about."
            autosize
            minRows={3}
            maxRows={12}
            classNames={{ input: 'url' }}
            value={text}
            onChange={(event) => setAsked(event.currentTarget.value)}
          />
          <Group>
            <Button
              type="submit"
              loading={plan.isPending}
              disabled={urls.length === 0 || urls.length > 1_000}
            >
              Show the plan
            </Button>
          </Group>
        </Stack>
      </form>
      {plan.error === null ? null : (
        <Alert color="red" variant="light" role="alert">
          {sentenceOf(plan.error)}
        </Alert>
      )}
      {plan.data === undefined ? null : <ShownPlan plan={plan.data} />}
    </Stack>
  );
}

export function ShownPlan({ plan }: { readonly plan: Plan }) {
  const { counts, estimate, urls, hosts } = plan;
  return (
    <>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <Stat label="In" value={formatCount(counts.in)} />
        <Stat label="Out" value={formatCount(counts.out)} />
        <Stat label="Pages, estimated" value={formatCount(estimate.pages)} note={inWords(estimate.basis)} />
        <Stat label="Time, estimated" value={formatDuration(estimate.seconds)} />
      </SimpleGrid>
      <Text c="dimmed">{estimate.sentence}</Text>
      <HeadedTable label="Planned URLs" minWidth={640} heads={['URL', 'Verdict', 'Why']}>
        {urls.map((url) => (
          <Verdict key={url.askedUrl} url={url} />
        ))}
      </HeadedTable>
      <Title order={2}>Hosts</Title>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {hosts.map(({ host, robots, concurrency, delayMs, pages, seconds }) => (
          <Paper key={host} withBorder p="sm">
            <Text fw={600}>{host}</Text>
            <Text size="sm" c="dimmed">
              robots.txt: {inWords(robots.status)}; {concurrency} fetches at a time
              {delayMs > 0 ? `, ${delayMs} ms apart` : ''}; about {formatCount(pages)} pages in{' '}
              {formatDuration(seconds)}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
    </>
  );
}

function Verdict({ url }: { readonly url: PlannedUrl }) {
  return (
    <Table.Tr>
      <Table.Td maw={420}>
        <span className="url">{url.url ?? url.askedUrl}</span>
        {url.isSeed ? (
          <Badge size="xs" variant="default" ml={6}>
            seed
          </Badge>
        ) : null}
      </Table.Td>
      <Table.Td>
        <StateBadge state={url.verdict} />
      </Table.Td>
      <Table.Td>
        {url.decidedBy === null ? null : <Text size="sm">{url.decidedBy}</Text>}
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {url.detail}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
