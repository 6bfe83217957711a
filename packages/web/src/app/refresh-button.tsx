import { ActionIcon, Tooltip } from '@mantine/core';
import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { RefreshIcon } from '../display/icons.js';

/** Reads anew whatever the page shows. */
export function useRefresh(): { readonly refresh: () => void } {
  const cache = useQueryClient();
  const refresh = useCallback(() => {
    cache.invalidateQueries().catch(() => undefined);
  }, [cache]);
  return { refresh };
}

/** The same for every page, as a button. */
export function RefreshButton() {
  const { refresh } = useRefresh();
  const isBusy = useIsFetching() > 0;
  return (
    <Tooltip label="Read it anew (R)">
      <ActionIcon
        variant="default"
        size="lg"
        aria-label="Read it anew"
        aria-busy={isBusy}
        onClick={refresh}
        className="refresh"
      >
        <RefreshIcon />
      </ActionIcon>
    </Tooltip>
  );
}
