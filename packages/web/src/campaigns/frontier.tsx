import { Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { Frontier as FrontierFacts } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../client/queries.js';
import { formatCount } from '../display/format.js';
import { Shown } from '../display/notes.js';

/** How often it is read while the execution runs, in milliseconds. */
const RUNNING_MS = 3_000;
const DEPTHS_SHOWN = 20;

/** What a running execution has before it: URLs that wait or are in flight, by host and by clicks from a seed. */
export function Frontier({ executionId }: { readonly executionId: string }) {
  const query = useQuery({
    ...routeQuery('readFrontier', { params: { id: executionId } }),
    refetchInterval: RUNNING_MS,
  });
  return (
    <Paper withBorder p="sm">
      <Title order={2} mb="xs">
        Frontier
      </Title>
      <Shown query={query} lines={3}>
        {(frontier) =>
          frontier.hosts.length === 0 ? (
            <Text c="dimmed">No URL waits just now.</Text>
          ) : (
            <Bars frontier={frontier} />
          )
        }
      </Shown>
    </Paper>
  );
}

function Bars({ frontier }: { readonly frontier: FrontierFacts }) {
  const { waiting, hosts, depths, complete } = frontier;
  const depthName = (depth: number | null): string => {
    if (depth === null) return 'in sitemaps only';
    return depth === 1 ? '1 click' : `${depth} clicks`;
  };
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {formatCount(waiting)} URLs wait or are in flight.
        {complete ? '' : ' Of more than a hundred hosts, the first by name are here.'}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <BarList title="By host" bars={hosts.map(({ host, ...of }) => ({ name: host, ...of }))} />
        <BarList
          title="By clicks from a seed"
          bars={depths.slice(0, DEPTHS_SHOWN).map(({ depth, ...of }) => ({ name: depthName(depth), ...of }))}
        />
      </SimpleGrid>
    </Stack>
  );
}

interface Bar {
  readonly name: string;
  readonly pending: number;
  readonly inFlight: number;
  readonly exact: boolean;
}

function BarList({ title, bars }: { readonly title: string; readonly bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ pending, inFlight }) => pending + inFlight));
  return (
    <div>
      <Title order={3} size="h5" mb={4}>
        {title}
      </Title>
      <Stack component="ul" gap={6} m={0} p={0} style={{ listStyle: 'none' }}>
        {bars.map((bar) => (
          <BarLine key={bar.name} bar={bar} most={most} />
        ))}
      </Stack>
    </div>
  );
}

function BarLine({ bar, most }: { readonly bar: Bar; readonly most: number }) {
  const { name, pending, inFlight, exact } = bar;
  const part = (count: number, color: string) => (
    <div style={{ background: `var(--outrider-${color})`, height: 5, width: `${(count / most) * 100}%` }} />
  );
  return (
    <li>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <span className="url url-line" title={name}>
          {name}
        </span>
        <Text span size="sm" style={{ whiteSpace: 'nowrap' }}>
          {exact ? '' : 'at least '}
          {formatCount(pending)}
          {inFlight === 0 ? '' : `, ${formatCount(inFlight)} in flight`}
        </Text>
      </Group>
      <div aria-hidden="true" style={{ background: 'var(--outrider-grid)', display: 'flex', height: 5 }}>
        {part(inFlight, 'fetched')}
        {part(pending, 'skipped')}
      </div>
    </li>
  );
}
