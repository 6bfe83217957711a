import { Stack, Text, Title } from '@mantine/core';
import type { Campaign } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { routeQuery } from '../client/queries.js';
import { TextLink } from '../display/links.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { PageHead } from '../display/page-head.js';
import { ScheduleTable } from './schedule-table.js';

const SHOWN_CAMPAIGNS = 100;

/** The schedules of all campaigns. */
export function SchedulesPage() {
  const query = useQuery(
    routeQuery('listCampaigns', { query: { limit: SHOWN_CAMPAIGNS, status: 'active' } }),
  );
  return (
    <>
      <PageHead title="Schedules" />
      <Shown query={query}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <EmptyNote title="There is no campaign yet">
              A schedule belongs to a campaign. <TextLink to="/campaigns/new">Make one</TextLink> first.
            </EmptyNote>
          ) : (
            <Stack>
              {items.map((campaign) => (
                <OfCampaign key={campaign.id} campaign={campaign} />
              ))}
              {nextCursor === null ? null : (
                <Text c="dimmed">
                  The newest {SHOWN_CAMPAIGNS} campaigns are shown; others have theirs on their own pages.
                </Text>
              )}
            </Stack>
          )
        }
      </Shown>
    </>
  );
}

function OfCampaign({ campaign }: { readonly campaign: Campaign }) {
  const params = { id: campaign.id };
  const query = useQuery(routeQuery('listSchedules', { params, query: { limit: 100 } }));
  const schedules = query.data?.items ?? [];
  return (
    <section>
      <Title order={2} mb={4}>
        <TextLink to="/campaigns/$id/schedules" params={params} inherit>
          {campaign.name}
        </TextLink>
      </Title>
      {schedules.length === 0 ? (
        <Text size="sm" c="dimmed">
          {query.error === null
            ? 'No schedule: it runs when somebody starts it.'
            : 'Its schedules could not be read.'}
        </Text>
      ) : (
        <ScheduleTable label={`Schedules of ${campaign.name}`} schedules={schedules} />
      )}
    </section>
  );
}
