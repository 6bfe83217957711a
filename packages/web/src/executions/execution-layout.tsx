import { Button, Group } from '@mantine/core';
import { type ExecutionDetail, isTerminal } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useRouter } from '@tanstack/react-router';
import { routeQuery } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { TextLink } from '../display/links.js';
import { Shown } from '../display/notes.js';
import { PageHead } from '../display/page-head.js';
import { StateBadge } from '../display/state-badge.js';
import { SubNav } from '../display/sub-nav.js';
import { CampaignFollower } from '../live/campaign-follower.js';
import { useMay } from '../session/use-session.js';
import { WaitingNote } from './waiting-note.js';

const route = getRouteApi('/inside/executions/$id');
const RUNNING_MS = 2_000;

/** The query of an execution: read again and again while it runs. */
export function executionQuery(id: string) {
  return {
    ...routeQuery('getExecution', { params: { id } }),
    refetchInterval: ({ state }: { readonly state: { readonly data: ExecutionDetail | undefined } }) =>
      state.data !== undefined && isTerminal(state.data.status) ? (false as const) : RUNNING_MS,
  };
}

/** What all pages of an execution have in common. */
export function ExecutionLayout() {
  const params = route.useParams();
  const query = useQuery(executionQuery(params.id));
  return (
    <Shown query={query}>
      {(execution) => (
        <>
          <PageHead
            title={`Execution #${execution.number}`}
            trail={[
              <TextLink key="campaigns" to="/campaigns">
                Campaigns
              </TextLink>,
              <CampaignLink key="campaign" id={execution.campaignId} />,
            ]}
            beside={<StateBadge state={execution.status} />}
            actions={<Repeat execution={execution} />}
          />
          <CampaignFollower campaignId={execution.campaignId} />
          <WaitingNote execution={execution} />
          <SubNav label="Pages of the execution">
            <TextLink to="/executions/$id" params={params} activeOptions={{ exact: true }}>
              Coverage
            </TextLink>
            <TextLink to="/executions/$id/urls" params={params} activeOptions={{ includeSearch: false }}>
              Pages
            </TextLink>
            <TextLink
              to="/executions/$id/discovered"
              params={params}
              activeOptions={{ includeSearch: false }}
            >
              All URLs
            </TextLink>
            <TextLink to="/executions/$id/errors" params={params} activeOptions={{ includeSearch: false }}>
              Errors
            </TextLink>
            <TextLink to="/executions/$id/changes" params={params} activeOptions={{ includeSearch: false }}>
              Changes
            </TextLink>
            <TextLink to="/executions/$id/structure" params={params}>
              Structure
            </TextLink>
            <TextLink to="/executions/$id/explain" params={params} activeOptions={{ includeSearch: false }}>
              Explain a URL
            </TextLink>
          </SubNav>
          <Outlet />
        </>
      )}
    </Shown>
  );
}

function CampaignLink({ id }: { readonly id: string }) {
  const { data } = useQuery({ ...routeQuery('getCampaign', { params: { id } }), staleTime: 60_000 });
  return (
    <TextLink to="/campaigns/$id" params={{ id }}>
      {data?.name ?? 'Campaign'}
    </TextLink>
  );
}

function Repeat({ execution }: { readonly execution: ExecutionDetail }) {
  const router = useRouter();
  const mayOperate = useMay('operator');
  const repeat = useCall('repeatExecution', {
    changes: ['listExecutions', 'getCampaign', 'listCampaigns'],
    said: (answer) => `Execution #${answer.execution.number} repeats it.`,
    onDone: (answer) => {
      router.navigate({ to: '/executions/$id', params: { id: answer.execution.id } }).catch(() => undefined);
    },
  });
  if (!mayOperate || !isTerminal(execution.status)) return null;
  return (
    <Group gap="xs">
      <Button
        variant="default"
        loading={repeat.isPending}
        onClick={() => repeat.mutate({ params: { id: execution.id }, body: {} })}
      >
        Repeat
      </Button>
    </Group>
  );
}
