import { useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';

/** Links between the parts of one thing: its pages, each with an address of its own. The one that is open is in sight. */
export function SubNav({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const nav = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path, another link.
  useEffect(() => {
    const open = nav.current?.querySelector<HTMLElement>('[data-status=active]');
    if (nav.current === null || open == null) return;
    nav.current.scrollLeft = open.offsetLeft - (nav.current.clientWidth - open.offsetWidth) / 2;
  }, [path]);
  return (
    <nav ref={nav} aria-label={label} className="sub-nav">
      {children}
    </nav>
  );
}
