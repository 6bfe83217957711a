import { Group, Progress, Stack, Table, Text } from '@mantine/core';
import { type Campaign, type ExecutionDetail, isTerminal } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../client/queries.js';
import { formatCount, formatDuration } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { Moment } from '../display/moment.js';
import { StateBadge } from '../display/state-badge.js';
import { CampaignOrders } from './campaign-orders.js';

const RUNNING_MS = 2_000;

/** A campaign in the list: what it does now, how its last run ended, when it runs next. */
export function CampaignRow({ campaign }: { readonly campaign: Campaign }) {
  const { id, name, config, lastExecution } = campaign;
  const execution = useLastExecution(campaign);
  return (
    <Table.Tr>
      <Table.Td maw={280}>
        <TextLink to="/campaigns/$id" params={{ id }} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </TextLink>
        <Text size="xs" c="dimmed">
          {config.mode}
          {config.renderer === 'browser' ? ', in a browser' : ''}
        </Text>
      </Table.Td>
      <Table.Td>
        <StateBadge state={execution?.status ?? lastExecution?.status ?? 'idle'} />
      </Table.Td>
      <Table.Td miw={180}>
        {lastExecution === null ? (
          <Text c="dimmed">never run</Text>
        ) : (
          <Stack gap={2}>
            <Group gap={6}>
              <TextLink to="/executions/$id" params={{ id: lastExecution.id }}>
                #{lastExecution.number}
              </TextLink>
              <Text size="sm" c="dimmed">
                <Moment at={lastExecution.createdAt} />
              </Text>
            </Group>
            {execution === undefined ? null : <Outcome execution={execution} />}
          </Stack>
        )}
      </Table.Td>
      <Table.Td ta="right">{formatCount(execution?.pagesCrawled)}</Table.Td>
      <Table.Td ta="right">{formatCount(execution?.errorsEncountered)}</Table.Td>
      <Table.Td>
        <NextTick campaignId={id} />
      </Table.Td>
      <Table.Td>
        <CampaignOrders campaign={campaign} isCompact />
      </Table.Td>
    </Table.Tr>
  );
}

function useLastExecution({ lastExecution }: Campaign): ExecutionDetail | undefined {
  const isOver = lastExecution !== null && isTerminal(lastExecution.status);
  const { data } = useQuery({
    ...routeQuery('getExecution', { params: { id: lastExecution?.id ?? '' } }),
    enabled: lastExecution !== null,
    // What has ended does not change.
    staleTime: isOver ? Number.POSITIVE_INFINITY : 0,
    refetchInterval: isOver ? false : RUNNING_MS,
  });
  return data;
}

function Outcome({ execution }: { readonly execution: ExecutionDetail }) {
  const { status, coverage, durationSeconds, endReason } = execution;
  if (isTerminal(status)) {
    return (
      <Text size="xs" c="dimmed">
        {endReason?.replaceAll('_', ' ')}, {formatDuration(durationSeconds)}
      </Text>
    );
  }
  const settled = coverage.discovered - coverage.pending;
  const share = coverage.discovered === 0 ? 0 : (settled / coverage.discovered) * 100;
  return (
    <Progress
      value={share}
      size="sm"
      aria-label={`${formatCount(settled)} of ${formatCount(coverage.discovered)} known URLs settled`}
    />
  );
}

function NextTick({ campaignId }: { readonly campaignId: string }) {
  const { data } = useQuery({
    ...routeQuery('listSchedules', { params: { id: campaignId }, query: { status: 'active', limit: 100 } }),
    staleTime: 60_000,
  });
  const next = (data?.items ?? [])
    .flatMap(({ nextTickAt }) => (nextTickAt === null ? [] : [nextTickAt]))
    .sort()[0];
  return <Moment at={next} />;
}
