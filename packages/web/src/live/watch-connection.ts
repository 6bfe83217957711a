import { useEffect } from 'react';
import { callApi } from '../client/call-api.js';
import { isSilent, noteNetwork } from './connection.js';

/** How often a platform that does not answer is asked whether it does again, in milliseconds. */
const PROBE_MS = 2_000;
const ANSWER_MS = 5_000;

/**
 * Keeps the state of the connection true on pages that ask for nothing by themselves: while there is no answer the platform is
 * asked every two seconds, and at once when the browser says that its network came or went, or the page is looked at again.
 */
export function useConnectionWatch(): void {
  useEffect(() => {
    const probe = (): void => {
      callApi('readSession', {}, { timeoutMs: ANSWER_MS }).catch(() => undefined);
    };
    const onNetwork = (): void => {
      noteNetwork();
      probe();
    };
    const onSight = (): void => {
      if (document.visibilityState === 'visible') probe();
    };
    const timer = window.setInterval(() => {
      if (isSilent()) probe();
    }, PROBE_MS);
    window.addEventListener('online', onNetwork);
    window.addEventListener('offline', onNetwork);
    document.addEventListener('visibilitychange', onSight);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener('online', onNetwork);
      window.removeEventListener('offline', onNetwork);
      document.removeEventListener('visibilitychange', onSight);
    };
  }, []);
}
