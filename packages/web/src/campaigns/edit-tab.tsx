import { Button, Divider, Group, Stack, Text, Title } from '@mantine/core';
import { modals } from '@mantine/modals';
import type { Campaign } from '@outrider/shared/contract';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { routeQuery } from '../client/queries.js';
import { useCall } from '../client/use-call.js';
import { EmptyNote, Shown } from '../display/notes.js';
import { useMay } from '../session/use-session.js';
import { CampaignForm } from './campaign-form.js';
import { formValuesOf, patchRequestOf } from './form-values.js';

const route = getRouteApi('/inside/campaigns/$id/edit');

/** Changes a campaign; each change makes a new revision, and executions keep the one they run. */
export function EditTab() {
  const params = route.useParams();
  const query = useQuery(routeQuery('getCampaign', { params }));
  const mayOperate = useMay('operator');
  if (!mayOperate) {
    return <EmptyNote title="Only to be looked at">Your key may read campaigns, not change them.</EmptyNote>;
  }
  return (
    <Shown query={query}>{(campaign) => <Editing key={campaign.configRevision} campaign={campaign} />}</Shown>
  );
}

function Editing({ campaign }: { readonly campaign: Campaign }) {
  const { id, configRevision } = campaign;
  const change = useCall('updateCampaign', {
    changes: ['getCampaign', 'listCampaigns', 'listRevisions'],
    quiet: true,
    said: (changed) =>
      changed.configRevision === configRevision
        ? 'Saved.'
        : `Saved as revision ${changed.configRevision}. The next execution runs it.`,
  });
  return (
    <Stack>
      <Text c="dimmed" size="sm">
        Revision {configRevision}
      </Text>
      <CampaignForm
        initial={formValuesOf(campaign)}
        isNew={false}
        submitLabel="Save"
        isBusy={change.isPending}
        failure={change.error}
        onSubmit={(values) => change.mutate({ params: { id }, body: patchRequestOf(values) })}
      />
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
  const remove = useCall('deleteCampaign', {
    changes: ['listCampaigns'],
    said: () => `${name} and everything that it recorded is deleted.`,
    onDone: () => {
      router.navigate({ to: '/campaigns' }).catch(() => undefined);
    },
  });
  const askToDelete = (): void => {
    modals.openConfirmModal({
      title: `Delete ${name}?`,
      children: <Text>All its executions, pages, links and errors go with it. This cannot be undone.</Text>,
      labels: { confirm: 'Delete it with everything', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate({ params: { id } }),
    });
  };
  const isArchived = status === 'archived';
  return (
    <Stack gap="xs">
      <Title order={2}>{isArchived ? 'Archived' : 'Put away'}</Title>
      <Text c="dimmed" size="sm">
        An archived campaign is not started any more, and keeps what it recorded.
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
          <Button variant="outline" color="red" loading={remove.isPending} onClick={askToDelete}>
            Delete…
          </Button>
        ) : null}
      </Group>
    </Stack>
  );
}
