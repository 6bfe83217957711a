import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Changes parts of what the page's address says, in place: the filters of a list are no steps to go back through. */
export function useChange<Search extends object>(): (part: Partial<Search>) => void {
  const navigate = useNavigate();
  return useCallback(
    (part) => {
      const search = (before: object): object => ({ ...before, ...part });
      // The router knows the search of a page only by its address; here any page may be the one that is open.
      navigate({ to: '.', search: search as never, replace: true }).catch(() => undefined);
    },
    [navigate],
  );
}
