import { ChangeStore } from './change-store.js';
import { Outbox } from './outbox.js';

/** The outbox of this browser. */
export const outbox = new Outbox(new ChangeStore(window.localStorage));
