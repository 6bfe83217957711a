import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet } from '@tanstack/react-router';
import { routeQuery } from '../client/queries.js';
import { TextLink } from '../display/links.js';
import { Shown } from '../display/notes.js';
import { PageHead } from '../display/page-head.js';
import { StateBadge } from '../display/state-badge.js';
import { SubNav } from '../display/sub-nav.js';
import { Viewers } from '../live/viewers.js';
import { CampaignOrders } from './campaign-orders.js';

const route = getRouteApi('/inside/campaigns/$id');

/** What all pages of a campaign have in common: its name, its state, what can be asked of it. */
export function CampaignLayout() {
  const params = route.useParams();
  const query = useQuery({ ...routeQuery('getCampaign', { params }), refetchInterval: 10_000 });
  return (
    <Shown query={query}>
      {(campaign) => (
        <>
          <PageHead
            title={campaign.name}
            trail={[
              <TextLink key="campaigns" to="/campaigns">
                Campaigns
              </TextLink>,
            ]}
            beside={
              campaign.status === 'archived' ? (
                <StateBadge state="archived" />
              ) : (
                <StateBadge state={campaign.lastExecution?.status ?? 'idle'} />
              )
            }
            actions={<CampaignOrders campaign={campaign} />}
          />
          <SubNav label={`Pages of ${campaign.name}`}>
            <TextLink to="/campaigns/$id" params={params} activeOptions={{ exact: true }}>
              Live
            </TextLink>
            <TextLink to="/campaigns/$id/schedules" params={params}>
              Schedules
            </TextLink>
            <TextLink to="/campaigns/$id/compare" params={params} activeOptions={{ includeSearch: false }}>
              Compare
            </TextLink>
            <TextLink to="/campaigns/$id/plan" params={params}>
              Plan
            </TextLink>
            <TextLink to="/campaigns/$id/edit" params={params}>
              Configuration
            </TextLink>
          </SubNav>
          <Viewers campaignId={campaign.id} />
          {campaign.seedCount === 0 ? <Text c="dimmed">It has no seeds to begin with.</Text> : null}
          <Outlet />
        </>
      )}
    </Shown>
  );
}
