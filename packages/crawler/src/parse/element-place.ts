import type { LinkPosition } from './page-link.js';

/** Where in the document an element stands. */
export interface Place {
  readonly position: LinkPosition;
  readonly inHead: boolean;
  /** Within a `noscript` in the head: text to a browser that runs scripts. */
  readonly inHeadNoscript: boolean;
  readonly foreign: boolean;
}
