import { type KeptChange, keptChange } from './kept-change.js';

const PREFIX = 'outrider.change.';

/** Where changes lie: `localStorage`, or a stand-in of the same shape. */
export type ChangeStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/**
 * Changes in the browser's storage, one entry each, so that windows of the same browser do not overwrite each other's.
 * What another version of the page left and this one does not understand stays where it is.
 */
export class ChangeStore {
  readonly #storage: ChangeStorage;

  constructor(storage: ChangeStorage) {
    this.#storage = storage;
  }

  /** All of one owner in the order in which they were made. */
  list(owner: string): KeptChange[] {
    const found: KeptChange[] = [];
    for (let place = 0; place < this.#storage.length; place += 1) {
      const key = this.#storage.key(place);
      const change = key?.startsWith(PREFIX) === true ? this.#read(key) : null;
      if (change?.owner === owner) found.push(change);
    }
    return found.sort((a, b) => a.madeAt - b.madeAt || a.id.localeCompare(b.id));
  }

  get(id: string): KeptChange | null {
    return this.#read(PREFIX + id);
  }

  /** Writes a change, new or changed. Throws when the storage is full: then it is not kept. */
  put(change: KeptChange): void {
    this.#storage.setItem(PREFIX + change.id, JSON.stringify(change));
  }

  remove(id: string): void {
    this.#storage.removeItem(PREFIX + id);
  }

  #read(key: string): KeptChange | null {
    const text = this.#storage.getItem(key);
    if (text === null) return null;
    try {
      return keptChange.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }
}
