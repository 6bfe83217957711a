import { Button, Group, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { type Campaign, canTransition, type ExecutionState, isTerminal } from '@outrider/shared/contract';
import type { ReadRoute } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { useMay } from '../session/use-session.js';

/** What an order makes out of date at once; the rest comes with its events. */
const CHANGES: readonly ReadRoute[] = [
  'listCampaigns',
  'getCampaign',
  'getExecution',
  'listExecutions',
  'listOperations',
];

interface CampaignOrdersProps {
  readonly campaign: Pick<Campaign, 'id' | 'name' | 'status' | 'lastExecution'>;
  /** Only start, pause, resume and stop. */
  readonly isCompact?: boolean;
}

/** What can be asked of a campaign in the state that it is in. */
export function CampaignOrders({ campaign, isCompact = false }: CampaignOrdersProps) {
  const orders = useOrders();
  const mayOperate = useMay('operator');
  const state: ExecutionState | null = campaign.lastExecution?.status ?? null;
  const params = { id: campaign.id };
  const size = isCompact ? 'compact-sm' : 'sm';
  if (!mayOperate || campaign.status === 'archived') return null;
  if (state === null || isTerminal(state)) {
    return (
      <Button
        size={size}
        loading={orders.start.isPending}
        onClick={() => orders.start.mutate({ params, body: {} })}
      >
        Start
      </Button>
    );
  }
  const isHeld = state === 'paused';
  const cancel = (): void => {
    modals.openConfirmModal({
      title: `Cancel the execution of ${campaign.name}?`,
      children: <Text>Fetches in flight are cut off. What was gathered stays.</Text>,
      labels: { confirm: 'Cancel the execution', cancel: 'Let it run' },
      confirmProps: { color: 'red' },
      onConfirm: () => orders.cancel.mutate({ params, body: {} }),
    });
  };
  return (
    <Group gap={6} wrap="nowrap">
      {isHeld ? (
        <Button
          size={size}
          loading={orders.resume.isPending}
          onClick={() => orders.resume.mutate({ params, body: {} })}
        >
          Resume
        </Button>
      ) : (
        <Button
          size={size}
          variant="default"
          disabled={!canTransition(state, 'pausing') && state !== 'queued'}
          loading={orders.pause.isPending}
          onClick={() => orders.pause.mutate({ params, body: {} })}
        >
          Pause
        </Button>
      )}
      <Button
        size={size}
        variant="default"
        disabled={state === 'stopping'}
        loading={orders.stop.isPending}
        onClick={() => orders.stop.mutate({ params, body: {} })}
      >
        Stop
      </Button>
      {isCompact ? null : (
        <Button size={size} variant="default" loading={orders.cancel.isPending} onClick={cancel}>
          Cancel
        </Button>
      )}
    </Group>
  );
}

function useOrders() {
  return {
    start: useCall('startCampaign', { changes: CHANGES }),
    pause: useCall('pauseCampaign', { changes: CHANGES }),
    resume: useCall('resumeCampaign', { changes: CHANGES }),
    stop: useCall('stopCampaign', { changes: CHANGES }),
    cancel: useCall('cancelCampaign', { changes: CHANGES }),
  };
}
