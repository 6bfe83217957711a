import { Alert, Button, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { sentenceOf } from '../client/api-problem.js';
import { routeQuery } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { LoadingNote } from '../display/notes.js';
import { type CampaignFormValues, errorsOf, patchRequestOf } from './form-values.js';
import { ShownPlan } from './plan-tab.js';

/** Seeds that the preview asks about. */
const SEEDS_ASKED = 50;

interface DraftPlanProps {
  readonly campaignId: string;
  readonly values: CampaignFormValues;
}

/** What the campaign would do with its seeds by the configuration as it stands in the form, before it is saved. */
export function DraftPlan({ campaignId, values }: DraftPlanProps) {
  const params = { id: campaignId };
  const [isOpen, dialog] = useDisclosure(false);
  const seeds = useQuery(routeQuery('listSeeds', { params, query: { limit: SEEDS_ASKED } }));
  const plan = useCall('planCampaign', { changes: [], quiet: true });
  const urls = (seeds.data?.items ?? []).map(({ url }) => url);
  const isWrong = Object.keys(errorsOf(values, false)).length > 0;
  const show = (): void => {
    dialog.open();
    plan.mutate({ params, body: { urls, changes: patchRequestOf(values) } });
  };
  return (
    <>
      <Button variant="default" onClick={show} disabled={isWrong || urls.length === 0}>
        Preview the plan
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title="Plan by the form, not saved yet" size="xl">
        {plan.error === null ? null : (
          <Alert color="red" variant="light" role="alert">
            {sentenceOf(plan.error)}
          </Alert>
        )}
        {plan.isPending ? <LoadingNote lines={3} /> : null}
        {plan.data === undefined ? null : (
          <>
            <ShownPlan plan={plan.data} />
            <Text size="sm" c="dimmed" mt="sm">
              The page “Plan” asks about any URL, by the configuration that is saved.
            </Text>
          </>
        )}
      </Modal>
    </>
  );
}
