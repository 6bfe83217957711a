import { SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { listQuery } from '../client/queries.js';
import { TextLink } from '../display/links.js';
import { MoreButton } from '../display/more-button.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { PageHead } from '../display/page-head.js';
import { ScheduleCalendar } from './schedule-calendar.js';
import { ScheduleTable } from './schedule-table.js';

const route = getRouteApi('/inside/schedules');

/** The schedules of all campaigns: their ticks in a calendar, or a line each. */
export function SchedulesPage() {
  const { view = 'month', day, zone } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (wanted: Partial<ReturnType<typeof route.useSearch>>): void => {
    navigate({ search: (before) => ({ ...before, ...wanted }) }).catch(() => undefined);
  };
  return (
    <>
      <PageHead
        title="Schedules"
        actions={
          <SegmentedControl
            aria-label="How the schedules are shown"
            value={view}
            data={[
              { value: 'month', label: 'Month' },
              { value: 'week', label: 'Week' },
              { value: 'list', label: 'List' },
            ]}
            onChange={(value) => change({ view: value as typeof view })}
          />
        }
      />
      {view === 'list' ? (
        <ScheduleList />
      ) : (
        <ScheduleCalendar view={view} day={day} zone={zone} onChange={change} />
      )}
    </>
  );
}

function ScheduleList() {
  const query = useInfiniteQuery(listQuery('listAllSchedules', { query: { limit: 100 } }));
  return (
    <Shown query={query}>
      {({ pages }) => {
        const schedules = pages.flatMap(({ items }) => items);
        if (schedules.length === 0) {
          return (
            <EmptyNote title="There is no schedule yet">
              A schedule belongs to a campaign: choose one under{' '}
              <TextLink to="/campaigns">Campaigns</TextLink> and set when it starts by itself.
            </EmptyNote>
          );
        }
        return (
          <>
            <ScheduleTable label="Schedules of all campaigns" schedules={schedules} />
            <MoreButton label="More" query={query} />
          </>
        );
      }}
    </Shown>
  );
}
