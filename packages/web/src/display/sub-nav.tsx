import type { ReactNode } from 'react';

/** Links between the parts of one thing: its pages, each with an address of its own. */
export function SubNav({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <nav aria-label={label} className="sub-nav">
      {children}
    </nav>
  );
}
