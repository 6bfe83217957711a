import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useCall } from '../client/use-call.js';
import { TextLink } from '../display/links.js';
import { PageHead } from '../display/page-head.js';
import { CampaignForm } from './campaign-form.js';
import { createRequestOf, newFormValues } from './form-values.js';

const route = getRouteApi('/inside/campaigns/new');

/** Describes a new campaign. */
export function NewCampaignPage() {
  const { url = '' } = route.useSearch();
  const router = useRouter();
  const create = useCall('createCampaign', {
    changes: ['listCampaigns'],
    quiet: true,
    said: ({ name }) => `${name} is ready. Look at its plan, or start it.`,
    onDone: ({ id }) => {
      router.navigate({ to: '/campaigns/$id', params: { id } }).catch(() => undefined);
    },
  });
  const initial = useMemo(() => newFormValues(withScheme(url)), [url]);
  return (
    <>
      <PageHead
        title="New campaign"
        trail={[
          <TextLink key="campaigns" to="/campaigns">
            Campaigns
          </TextLink>,
        ]}
      />
      <CampaignForm
        key={url}
        initial={initial}
        isNew
        submitLabel="Create the campaign"
        isBusy={create.isPending}
        failure={create.error}
        onSubmit={(values) => create.mutate({ body: createRequestOf(values) })}
      />
    </>
  );
}

/** What people type without a scheme means https. */
function withScheme(address: string): string {
  return address === '' || /^[a-z][a-z\d+.-]*:\/\//i.test(address) ? address : `https://${address}`;
}
