import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

/**
 * Who goes on by keyboard to another page goes on from its content: where the element that had the focus is gone with the page
 * it was on, the next Tab would else begin at the top of the window again. A tab or an entry of the navigation keeps it.
 */
export function useKeptFocus(contentId: string): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onRendered', ({ pathChanged }) => {
        if (!pathChanged || document.activeElement !== document.body) return;
        document.getElementById(contentId)?.focus({ preventScroll: true });
      }),
    [router, contentId],
  );
}
