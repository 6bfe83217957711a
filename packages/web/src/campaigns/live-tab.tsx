import { Box, Grid, Paper, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { type ExecutionDetail, isTerminal } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { routeQuery } from '../client/queries.js';
import { formatCount, formatDuration, formatFigure, formatShare } from '../display/format.js';
import { LineChart } from '../display/line-chart.js';
import { TextLink } from '../display/links.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { Stat } from '../display/stat.js';
import { WaitingNote } from '../executions/waiting-note.js';
import type { ProgressSample } from '../live/event-history.js';
import { useCampaignEvents } from '../live/use-campaign-events.js';
import { ActivityStream } from './activity-stream.js';
import { ExecutionTimeline } from './execution-timeline.js';
import { Frontier } from './frontier.js';
import { Lanes } from './lanes.js';
import { LiveCharts } from './live-charts.js';
import { OperationProgress } from './operation-progress.js';
import { ratesOf, recentRate } from './progress-rate.js';
import { useProgress } from './use-progress.js';

const route = getRouteApi('/inside/campaigns/$id/');
/** How often a running execution is read, in milliseconds. */
const RUNNING_MS = 1_500;

/** A campaign as it runs: how far it is, how fast, what happens, and what ran before. */
export function LiveTab() {
  const params = route.useParams();
  const { progress, ...activity } = useCampaignEvents(params.id);
  const campaign = useQuery(routeQuery('getCampaign', { params }));
  const executionId = campaign.data?.lastExecution?.id;
  return (
    <Grid gutter="md">
      <Grid.Col span={{ base: 12, md: 8 }}>
        {executionId === undefined ? (
          <NeverRun />
        ) : (
          <Current key={executionId} executionId={executionId} progress={progress} />
        )}
        <Box mt="md">
          <ExecutionTimeline campaignId={params.id} />
        </Box>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <ActivityStream {...activity} />
      </Grid.Col>
    </Grid>
  );
}

function NeverRun() {
  return (
    <EmptyNote title="It has not run yet">
      Start it, above. Under Plan you can see beforehand which URLs are in, which are out, and why.
    </EmptyNote>
  );
}

interface CurrentProps {
  readonly executionId: string;
  readonly progress: readonly ProgressSample[];
}

function Current({ executionId, progress }: CurrentProps) {
  const query = useQuery({
    ...routeQuery('getExecution', { params: { id: executionId } }),
    // Between events: what nobody tells of, such as the reason for which it waits.
    refetchInterval: ({ state }) =>
      state.data !== undefined && isTerminal(state.data.status) ? false : RUNNING_MS,
  });
  const samples = useProgress(query.data, query.dataUpdatedAt, progress);
  return <Shown query={query}>{(execution) => <Running execution={execution} progress={samples} />}</Shown>;
}

function Running({
  execution,
  progress,
}: { readonly execution: ExecutionDetail } & Pick<CurrentProps, 'progress'>) {
  const { id, number, status, operationId } = execution;
  const points = useMemo(() => ratesOf(progress, id), [progress, id]);
  const isOver = isTerminal(status);
  const latest = progress.findLast((sample) => sample.executionId === id);
  // Events are ahead of what was read; once it has ended the receipt is right.
  const figures =
    isOver || latest === undefined ? { ...execution.coverage, errors: execution.errorsEncountered } : latest;
  const seconds = execution.durationSeconds ?? 0;
  const average = seconds > 0 ? figures.fetched / seconds : null;
  const rate = isOver ? average : (recentRate(points) ?? average);
  return (
    <Stack gap="sm">
      <Paper withBorder p="sm">
        <Title order={2} mb="xs">
          <TextLink to="/executions/$id" params={{ id }} inherit>
            Execution #{number}
          </TextLink>
        </Title>
        <Bar {...figures} />
        <WaitingNote execution={execution} />
        {isOver || operationId === null ? null : <OperationProgress operationId={operationId} />}
      </Paper>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <Stat
          label="Pages"
          value={formatCount(figures.fetched)}
          note={`of ${formatCount(figures.discovered)} known`}
        />
        <Stat
          label="Pages per second"
          value={formatFigure(rate)}
          note={isOver ? `on average, in ${formatDuration(seconds)}` : `for ${formatDuration(seconds)}`}
        />
        <Stat
          label="Errors"
          value={formatCount(figures.errors)}
          note={
            <TextLink to="/executions/$id/errors" params={{ id }} size="xs">
              look at them
            </TextLink>
          }
        />
        <Stat
          label={isOver ? 'Skipped' : 'Pending'}
          value={formatCount(isOver ? figures.skipped : figures.pending)}
          note={isOver ? 'by rules and limits' : timeLeft(figures.pending, rate)}
        />
      </SimpleGrid>
      {points.length < 2 ? null : <Rates points={points} rate={rate} />}
      <LiveCharts execution={execution} />
      {isOver ? null : (
        <>
          <Frontier executionId={id} />
          <Lanes lanes={execution.lanes} />
        </>
      )}
    </Stack>
  );
}

interface RatesProps {
  readonly points: ReturnType<typeof ratesOf>;
  readonly rate: number | null;
}

/** Pages a second over time, and those that failed. */
function Rates({ points, rate }: RatesProps) {
  return (
    <Paper withBorder p="sm">
      <Title order={2} mb="xs">
        Pages per second
      </Title>
      <LineChart
        title={`Pages per second, ${formatFigure(rate)} now`}
        times={points.map(({ at }) => at)}
        lines={[
          { label: 'Pages', color: '--outrider-fetched', values: points.map(({ pages }) => pages) },
          {
            label: 'Failed',
            color: '--outrider-failed',
            values: points.map(({ failed }) => failed),
            dash: [4, 3],
          },
        ]}
      />
    </Paper>
  );
}

function timeLeft(pending: number, rate: number | null): string {
  if (rate === null || rate <= 0 || pending === 0) return 'known so far';
  return `about ${formatDuration(pending / rate)} for what is known`;
}

interface BarProps {
  readonly discovered: number;
  readonly fetched: number;
  readonly failed: number;
  readonly skipped: number;
}

function Bar({ discovered, fetched, failed, skipped }: BarProps) {
  const share = (part: number): number => (discovered === 0 ? 0 : (part / discovered) * 100);
  const settled = fetched + failed + skipped;
  return (
    <>
      <Progress.Root size="lg">
        <Progress.Section value={share(fetched)} color="var(--outrider-fetched)" aria-label="Fetched" />
        <Progress.Section value={share(failed)} color="var(--outrider-failed)" aria-label="Failed" />
        <Progress.Section value={share(skipped)} color="var(--outrider-skipped)" aria-label="Skipped" />
      </Progress.Root>
      <Text size="sm" c="dimmed" mt={4}>
        {formatShare(discovered === 0 ? 0 : settled / discovered)} of the URLs known by now:{' '}
        {formatCount(fetched)} fetched, {formatCount(failed)} failed, {formatCount(skipped)} skipped
      </Text>
    </>
  );
}
