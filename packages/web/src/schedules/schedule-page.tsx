import { Grid, Stack, Title } from '@mantine/core';
import type { Schedule } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { routeQuery } from '../client/queries.js';
import { formatDuration, formatMoment, inWords } from '../display/format.js';
import { TextLink } from '../display/links.js';
import { Moment } from '../display/moment.js';
import { Shown } from '../display/notes.js';
import { PageHead } from '../display/page-head.js';
import { Facts } from '../display/stat.js';
import { StateBadge } from '../display/state-badge.js';
import { ScheduleOrders } from './schedule-orders.js';
import { TickLedger } from './tick-ledger.js';
import { TickPreview } from './tick-preview.js';

const route = getRouteApi('/inside/schedules/$id');

/** A schedule: when it starts its campaign next, and what became of every tick so far. */
export function SchedulePage() {
  const params = route.useParams();
  const query = useQuery({ ...routeQuery('getSchedule', { params }), refetchInterval: 10_000 });
  return (
    <Shown query={query}>
      {(schedule) => (
        <>
          <PageHead
            title={schedule.name}
            trail={[
              <TextLink key="schedules" to="/schedules">
                Schedules
              </TextLink>,
              <TextLink key="campaign" to="/campaigns/$id/schedules" params={{ id: schedule.campaignId }}>
                Its campaign
              </TextLink>,
            ]}
            beside={<StateBadge state={schedule.status} />}
            actions={<ScheduleOrders schedule={schedule} />}
          />
          <Grid gutter="lg">
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Stack>
                <Title order={2}>Next ticks</Title>
                <TickPreview schedule={schedule} />
                <Title order={2}>Rules</Title>
                <Rules schedule={schedule} />
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Title order={2} mb="sm">
                Ledger
              </Title>
              <TickLedger scheduleId={schedule.id} />
            </Grid.Col>
          </Grid>
        </>
      )}
    </Shown>
  );
}

function missedInWords({ mode, windowSeconds }: Schedule['catchUp']): string {
  if (mode === 'none' || windowSeconds === 0) return 'left out';
  return `${mode === 'one' ? 'the last' : 'each'} made up for within ${formatDuration(windowSeconds)}`;
}

function Rules({ schedule }: { readonly schedule: Schedule }) {
  const { cron, timeZone, overlap, catchUp, jitterSeconds, blackouts, pauseAfterFailures, maxRuns } =
    schedule;
  return (
    <Facts
      rows={[
        [
          'Cron',
          <span key="cron" className="url">
            {cron}
          </span>,
        ],
        ['Time zone', timeZone],
        ['Next', <Moment key="next" at={schedule.nextTickAt} />],
        ['When another runs', inWords(overlap)],
        ['Missed ticks', missedInWords(catchUp)],
        ['Put off by', jitterSeconds === 0 ? 'nothing' : `up to ${formatDuration(jitterSeconds)}`],
        ['Blackouts', blackouts.length === 0 ? 'none' : String(blackouts.length)],
        [
          'Pauses itself',
          pauseAfterFailures === null ? 'never' : `after ${pauseAfterFailures} failures in a row`,
        ],
        ['Begins', formatMoment(schedule.startsAt)],
        ['Ends', formatMoment(schedule.endsAt)],
        ['Planned runs', maxRuns === null ? schedule.runsStarted : `${schedule.runsStarted} of ${maxRuns}`],
      ]}
    />
  );
}
