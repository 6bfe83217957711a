import { Button, Divider, Group, Stack, Text, Title } from '@mantine/core';
import type { Campaign } from '@outrider/shared/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { routeQuery } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { useMay } from '../session/use-session.js';
import { CampaignForm } from './campaign-form.js';
import { ChangedMeanwhile } from './changed-meanwhile.js';
import { DraftPlan } from './draft-plan.js';
import { type CampaignFormValues, formValuesOf, patchRequestOf } from './form-values.js';
import { RevisionHistory } from './revision-history.js';
import { SeedsEditor } from './seeds-editor.js';
import { useCampaignDeletion } from './use-campaign-deletion.js';

const route = getRouteApi('/inside/campaigns/$id/edit');

/** Changes a campaign; each change makes a new revision, and executions keep the one they run. */
export function EditTab() {
  const params = route.useParams();
  const query = useQuery(routeQuery('getCampaign', { params }));
  const mayOperate = useMay('operator');
  if (!mayOperate) {
    return <EmptyNote title="Only to be looked at">Your key may read campaigns, not change them.</EmptyNote>;
  }
  return <Shown query={query}>{(campaign) => <Editing key={campaign.id} campaign={campaign} />}</Shown>;
}

/** The form stays as it is while others save; it knows the revision that it began with, or saved last. */
function Editing({ campaign }: { readonly campaign: Campaign }) {
  const { id, configRevision: newest } = campaign;
  const [base, setBase] = useState({ campaign, loads: 0 });
  const revision = base.campaign.configRevision;
  const cache = useQueryClient();
  const change = useCall('updateCampaign', {
    changes: ['getCampaign', 'listCampaigns', 'listRevisions'],
    quiet: true,
    said: (changed) =>
      changed.configRevision === revision
        ? 'Saved.'
        : `Saved as revision ${changed.configRevision}. The next execution runs it.`,
    onDone: (changed) => setBase((before) => ({ ...before, campaign: changed })),
  });
  const isBehind = newest > revision && (!change.isPending || change.variables.revision !== revision);
  const save = (values: CampaignFormValues): void => {
    const request = { params: { id }, body: patchRequestOf(values), revision: Math.max(newest, revision) };
    // Whoever saved before is to be seen at once.
    const onError = (): void => {
      cache.invalidateQueries({ queryKey: ['getCampaign'] }).catch(() => undefined);
    };
    change.mutate(request, { onError });
  };
  const load = (): void => {
    change.reset();
    setBase(({ loads }) => ({ campaign, loads: loads + 1 }));
  };
  return (
    <Stack>
      <Text c="dimmed" size="sm">
        Revision {revision}
      </Text>
      <CampaignForm
        key={base.loads}
        initial={formValuesOf(base.campaign)}
        isNew={false}
        submitLabel="Save"
        isBusy={change.isPending}
        failure={change.error}
        onSubmit={save}
        beside={(values) => <DraftPlan campaignId={id} values={values} />}
        decision={
          isBehind ? <ChangedMeanwhile revision={newest} isBusy={change.isPending} onLoad={load} /> : null
        }
      />
      <Divider my="md" />
      <SeedsEditor campaignId={id} seedCount={campaign.seedCount} />
      <Divider my="md" />
      <RevisionHistory campaignId={id} />
      <Divider my="md" />
      <Ending campaign={campaign} />
    </Stack>
  );
}

function Ending({ campaign }: { readonly campaign: Campaign }) {
  const { id, name, status } = campaign;
  const router = useRouter();
  const mayDelete = useMay('admin');
  const archive = useCall('updateCampaign', { changes: ['getCampaign', 'listCampaigns'] });
  const deletion = useCampaignDeletion({ id, name }, () => {
    router.navigate({ to: '/campaigns' }).catch(() => undefined);
  });
  const isArchived = status === 'archived';
  return (
    <Stack gap="xs">
      <Title order={2}>{isArchived ? 'Archived' : 'Put away'}</Title>
      <Text c="dimmed" size="sm">
        An archived campaign is not started any more, and keeps what it recorded. A deleted one can be
        restored for a day; then it is gone, with all that it recorded.
      </Text>
      <Group>
        <Button
          variant="default"
          loading={archive.isPending}
          onClick={() =>
            archive.mutate({ params: { id }, body: { status: isArchived ? 'active' : 'archived' } })
          }
        >
          {isArchived ? 'Take it back' : 'Archive'}
        </Button>
        {mayDelete ? (
          <Button variant="outline" color="red" loading={deletion.isPending} onClick={deletion.run}>
            Delete
          </Button>
        ) : null}
      </Group>
    </Stack>
  );
}
