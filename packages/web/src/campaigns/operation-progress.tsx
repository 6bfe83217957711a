import { Alert, Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../client/queries.js';
import { formatDuration } from '../display/format.js';

const WORDS = { pause: 'Pausing', resume: 'Resuming', stop: 'Stopping', cancel: 'Cancelling' } as const;

/** How far an order is: which workers have heard of it, and the fetches that they still have in flight. */
export function OperationProgress({ operationId }: { readonly operationId: string }) {
  const { data } = useQuery({
    ...routeQuery('getOperation', { params: { id: operationId } }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? 500 : false),
  });
  if (data === undefined || data.state !== 'running') return null;
  const { kind, lanes, fetchesInFlight, secondsTaken, graceSeconds } = data;
  const heard = lanes.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length;
  const done = lanes.filter(({ finishedAt }) => finishedAt !== null).length;
  const then = lanes.reduce((sum, { inFlightThen }) => sum + (inFlightThen ?? 0), 0);
  const left = fetchesInFlight ?? then;
  const share =
    then === 0 ? (lanes.length === 0 ? 0 : (done / lanes.length) * 100) : ((then - left) / then) * 100;
  return (
    <Alert
      variant="light"
      color="orange"
      mt="sm"
      title={`${WORDS[kind]}, for ${formatDuration(secondsTaken)}`}
    >
      <Progress value={share} aria-label={`${WORDS[kind]}: fetches that have finished`} mb={4} />
      <Text size="sm">
        {heard} of {lanes.length} lanes have heard, {done} are done
        {fetchesInFlight === null ? '' : `, ${fetchesInFlight} fetches are in flight`}
        {kind === 'stop' || kind === 'pause' ? `; they may take ${formatDuration(graceSeconds)} at most` : ''}
        .
      </Text>
    </Alert>
  );
}
