import { Checkbox, Group, Progress, Stack, Table, Text } from '@mantine/core';
import { isTerminal, type ListedCampaign } from '@outrider/shared/contract';
import { formatCount, formatDuration, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { Moment } from '../display/moment.js';
import { type SparkBar, Sparkline } from '../display/sparkline.js';
import { StateBadge } from '../display/state-badge.js';
import { useIsPhone } from '../display/use-is-phone.js';
import { CampaignOrders } from './campaign-orders.js';

/** Executions that a row shows: as many as the API tells of. */
const EXECUTIONS_SHOWN = 20;

type Activity = NonNullable<ListedCampaign['activity']>;
type ToldExecution = Activity['executions'][number];

interface CampaignRowProps {
  readonly campaign: ListedCampaign;
  readonly isChosen: boolean;
  readonly onChoose: (isChosen: boolean) => void;
}

/** A campaign in the list: what it does now, how its last executions went, when it runs next. */
export function CampaignRow({ campaign, isChosen, onChoose }: CampaignRowProps) {
  const { id, name, config, lastExecution, activity } = campaign;
  const isPhone = useIsPhone();
  const executions = activity?.executions ?? [];
  const last = executions.at(-1);
  return (
    <Table.Tr>
      <Table.Td className="card-aside">
        <Checkbox
          aria-label={`Compare ${name}`}
          size={isPhone ? 'md' : 'sm'}
          checked={isChosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      </Table.Td>
      <Table.Td maw={280} className="card-title">
        <TextLink to="/campaigns/$id" params={{ id }} fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </TextLink>
        <Text size="xs" c="dimmed">
          {config.mode}
          {config.renderer === 'browser' ? ', in a browser' : ''}
        </Text>
      </Table.Td>
      <Table.Td>
        <StateBadge state={last?.status ?? lastExecution?.status ?? 'idle'} />
      </Table.Td>
      <Table.Td miw={180}>
        {last === undefined ? <Text c="dimmed">never run</Text> : <LastExecution execution={last} />}
      </Table.Td>
      <Table.Td>
        <PagesOf executions={executions} />
      </Table.Td>
      <Table.Td ta="right">{formatCount(last?.pagesCrawled)}</Table.Td>
      <Table.Td ta="right">{formatCount(last?.errorsEncountered)}</Table.Td>
      <Table.Td>
        <Moment at={activity?.nextTickAt} />
      </Table.Td>
      <Table.Td>
        <CampaignOrders campaign={campaign} isCompact />
      </Table.Td>
    </Table.Tr>
  );
}

function LastExecution({ execution }: { readonly execution: ToldExecution }) {
  const { id, number, createdAt, endReason, durationSeconds, progress } = execution;
  return (
    <Stack gap={2}>
      <Group gap={6}>
        <TextLink to="/executions/$id" params={{ id }}>
          #{number}
        </TextLink>
        <Text size="sm" c="dimmed">
          <Moment at={createdAt} />
        </Text>
      </Group>
      {progress === null ? (
        <Text size="xs" c="dimmed">
          {endReason === null ? '' : `${inWords(endReason)}, `}
          {formatDuration(durationSeconds)}
        </Text>
      ) : (
        <Progress
          value={progress.known === 0 ? 0 : (progress.settled / progress.known) * 100}
          size="sm"
          aria-label={`${formatCount(progress.settled)} of ${formatCount(progress.known)} known URLs settled`}
        />
      )}
    </Stack>
  );
}

function PagesOf({ executions }: { readonly executions: readonly ToldExecution[] }) {
  if (executions.length === 0) return null;
  const told = executions
    .map(({ status, pagesCrawled }) => {
      const pages = formatCount(pagesCrawled);
      return lookOf(status) === 'good' ? pages : `${pages} (${inWords(status)})`;
    })
    .join(', ');
  const [oldest] = executions;
  const bars = executions.map(({ id, number, status, pagesCrawled }) => ({
    key: id,
    value: pagesCrawled,
    title: `#${number}: ${formatCount(pagesCrawled)} pages, ${inWords(status)}`,
    look: lookOf(status),
  }));
  return (
    <Sparkline
      label={`Pages of each execution from #${oldest?.number} on: ${told}`}
      bars={bars}
      room={EXECUTIONS_SHOWN}
    />
  );
}

function lookOf(status: ToldExecution['status']): SparkBar['look'] {
  if (!isTerminal(status)) return 'going';
  return status === 'completed' || status === 'stopped' ? 'good' : 'bad';
}
