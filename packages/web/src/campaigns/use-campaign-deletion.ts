import { useCall } from '../client/use-call.js';
import { offerUndo } from '../display/offer-undo.js';

interface Deletion {
  readonly isPending: boolean;
  readonly run: () => void;
}

/** Deletes a campaign, and offers to take that back. */
export function useCampaignDeletion(
  { id, name }: { readonly id: string; readonly name: string },
  onDone: () => void,
): Deletion {
  const restore = useRestoredCampaign();
  const remove = useCall('deleteCampaign', {
    changes: ['listCampaigns', 'listDeletedCampaigns'],
    onDone: () => {
      offerUndo(`${name} is deleted.`, () => restore.mutate({ params: { id } }));
      onDone();
    },
  });
  return { isPending: remove.isPending, run: () => remove.mutate({ params: { id } }) };
}

/** Takes the deletion of a campaign back. */
export function useRestoredCampaign() {
  return useCall('restoreCampaign', {
    changes: ['listCampaigns', 'listDeletedCampaigns', 'getCampaign'],
    said: ({ name }) => `${name} is back, with everything that it recorded.`,
  });
}
