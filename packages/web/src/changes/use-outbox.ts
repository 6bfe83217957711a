import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { onReturn } from '../live/connection.js';
import { sessionQuery, useSession } from '../session/use-session.js';
import { outbox } from './browser-outbox.js';
import type { KeptChange } from './kept-change.js';

/** The changes of whoever is signed in that have not been carried out, kept up to date. */
export function useKeptChanges(): readonly KeptChange[] {
  return useSyncExternalStore(outbox.subscribe, outbox.changes);
}

/** Sends what was kept as soon as that is possible, and says what became of it. Once, by the frame around every page. */
export function useOutboxDuties(): void {
  const cache = useQueryClient();
  const session = useSession();
  const owner = session === undefined ? null : `${session.tenantId} ${session.keyId}`;
  useEffect(() => {
    outbox.belongTo(owner);
  }, [owner]);
  useEffect(() => {
    const onStorage = (): void => outbox.refresh();
    window.addEventListener('storage', onStorage);
    const ends = [
      onReturn(() => outbox.send()),
      outbox.onSignedOut(() => {
        cache.invalidateQueries({ queryKey: sessionQuery().queryKey }).catch(() => undefined);
      }),
      outbox.onLateEnd(({ change, refusal }) => {
        cache.invalidateQueries().catch(() => undefined);
        notifications.show(
          refusal === null
            ? { message: `Sent: ${change.words}.` }
            : { title: `Not done: ${change.words}`, message: refusal, color: 'red' },
        );
      }),
    ];
    return () => {
      window.removeEventListener('storage', onStorage);
      for (const end of ends) end();
    };
  }, [cache]);
}
