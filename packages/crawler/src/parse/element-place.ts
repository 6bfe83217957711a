import type { LinkPosition } from './page-link.js';

/** Where in the document an element stands. */
export interface Place {
  readonly position: LinkPosition;
  readonly inHead: boolean;
  readonly foreign: boolean;
}
