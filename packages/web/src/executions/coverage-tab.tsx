import { Grid, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import {
  type ExecutionCoverage,
  type ExecutionDetail,
  type ExecutionReport,
  executionReport,
  isTerminal,
} from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { routeQuery } from '../client/queries.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatMilliseconds,
  formatMoment,
  inWords,
} from '../display/format.js';
import { TextLink } from '../display/links.js';
import { Shown } from '../display/notes.js';
import { Facts, Stat } from '../display/stat.js';
import { StatusCode } from '../display/state-badge.js';
import { CoveragePicture } from './coverage-picture.js';
import { executionQuery } from './execution-layout.js';

const route = getRouteApi('/inside/executions/$id/');

/** Where every URL went, as a picture that leads into the lists, and what stands out in it. */
export function CoverageTab() {
  const params = route.useParams();
  const execution = useQuery(executionQuery(params.id));
  const isOver = execution.data !== undefined && isTerminal(execution.data.status);
  const coverage = useQuery({
    ...routeQuery('getCoverage', { params }),
    refetchInterval: isOver ? false : 3_000,
  });
  const report = executionReport.safeParse(execution.data?.resultSummary).data;
  return (
    <Stack>
      <Shown query={coverage}>
        {(data) => (
          <Paper withBorder p="md">
            <Title order={2} mb="xs">
              Where every URL went
            </Title>
            <CoveragePicture executionId={params.id} coverage={data} />
            <Text size="xs" c="dimmed" mt="sm">
              {sourceOf(data)}
            </Text>
          </Paper>
        )}
      </Shown>
      {execution.data === undefined ? null : <Figures execution={execution.data} report={report} />}
      <Grid gutter="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          {report === undefined ? null : <Broken executionId={params.id} report={report} />}
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          {execution.data === undefined ? null : <Story execution={execution.data} />}
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

function sourceOf({ source, asOf, receipt }: ExecutionCoverage): string {
  const balance = receipt === null ? '' : receipt.balanced ? ' It balances.' : ' It does not balance.';
  switch (source) {
    case 'receipt':
      return `The receipt: recounted from the rows when the execution ended, ${formatMoment(asOf)}.${balance}`;
    case 'recount':
      return `Recounted from the rows, ${formatMoment(asOf)}.${balance}`;
    case 'counters':
      return `What the workers have counted by ${formatMoment(asOf)}; the receipt comes at the end.`;
  }
}

interface FiguresProps {
  readonly execution: ExecutionDetail;
  readonly report: ExecutionReport | undefined;
}

function Figures({ execution, report }: FiguresProps) {
  const { durationSeconds, pagesCrawled } = execution;
  const rate =
    report?.pagesPerSecond ??
    (durationSeconds !== null && durationSeconds > 0 ? pagesCrawled / durationSeconds : null);
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
      <Stat label="Duration" value={formatDuration(durationSeconds)} />
      <Stat label="Pages per second" value={formatFigure(rate)} />
      <Stat label="Average answer" value={formatMilliseconds(report?.averageResponseMs)} />
      <Stat label="Received" value={formatBytes(report?.bytes)} />
    </SimpleGrid>
  );
}

function Broken({ executionId, report }: { readonly executionId: string; readonly report: ExecutionReport }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        Broken
      </Title>
      {report.broken.length === 0 ? (
        <Text c="dimmed">Every URL that was asked for gave a good answer.</Text>
      ) : (
        <Table layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>URL</Table.Th>
              <Table.Th w={110}>Answer</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.broken.map(({ url, urlKey, statusCode, failureCode, linkedFrom }) => (
              <Table.Tr key={urlKey}>
                <Table.Td>
                  <BrokenLink
                    executionId={executionId}
                    url={url}
                    urlKey={urlKey}
                    isFetched={statusCode !== null}
                  />
                  {linkedFrom === null ? null : (
                    <Text size="xs" c="dimmed" className="url">
                      linked from {linkedFrom}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  {statusCode === null ? inWords(failureCode ?? 'none') : <StatusCode status={statusCode} />}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  );
}

interface BrokenLinkProps {
  readonly executionId: string;
  readonly url: string;
  readonly urlKey: string;
  readonly isFetched: boolean;
}

/** What gave an answer has a page of its own; what gave none is explained. */
function BrokenLink({ executionId, url, urlKey, isFetched }: BrokenLinkProps) {
  if (isFetched) {
    return (
      <TextLink to="/executions/$id/urls/$key" params={{ id: executionId, key: urlKey }} className="url">
        {url}
      </TextLink>
    );
  }
  return (
    <TextLink to="/executions/$id/explain" params={{ id: executionId }} search={{ url }} className="url">
      {url}
    </TextLink>
  );
}

function Story({ execution }: { readonly execution: ExecutionDetail }) {
  const { triggeredBy, triggerReason, createdAt, startedAt, completedAt, endReason, configRevision } =
    execution;
  return (
    <Paper withBorder p="md">
      <Title order={2} mb="xs">
        How it ran
      </Title>
      <Facts
        rows={[
          ['Started by', triggerReason === null ? triggeredBy : `${triggeredBy}: ${triggerReason}`],
          ['Kind', inWords(execution.executionType)],
          ['Created', formatMoment(createdAt)],
          ['Started', formatMoment(startedAt)],
          ['Ended', formatMoment(completedAt)],
          ['Ended because', endReason === null ? '–' : inWords(endReason)],
          ['Revision', configRevision],
          ['Workers', formatCount(execution.crawlersUsed)],
          ['Paused', formatDuration(execution.pausedSeconds)],
          ['Waited', formatDuration(execution.waitedSeconds)],
          [
            'Memory, at most',
            execution.memoryPeakMb === null ? '–' : `${formatFigure(execution.memoryPeakMb)} MB`,
          ],
        ]}
      />
    </Paper>
  );
}
