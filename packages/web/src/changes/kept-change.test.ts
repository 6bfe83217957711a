import { expect, it } from 'vitest';
import { type ChangeStorage, ChangeStore } from './change-store.js';
import { type KeptChange, nextToSend } from './kept-change.js';

const change = (madeAt: number, over: Partial<KeptChange> = {}): KeptChange => ({
  id: `01900000-0000-4000-8000-${String(madeAt).padStart(12, '0')}`,
  owner: 'tenant key',
  route: 'pauseCampaign',
  params: { id: 'one' },
  body: {},
  revision: null,
  words: 'Pause Docs',
  href: '/campaigns/one',
  madeAt,
  sentAt: null,
  refusal: null,
  ...over,
});
const refusal = { code: 'revision_conflict', detail: 'It is at revision 3, not 2.' };

/** What a browser keeps, as far as it is asked here. */
function storage(): ChangeStorage & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    get length() {
      return entries.size;
    },
    key: (place) => [...entries.keys()][place] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  };
}

it('the oldest change goes first', () => {
  expect(nextToSend([change(1), change(2)])?.madeAt).toBe(1);
  expect(nextToSend([])).toBeUndefined();
});

it('a refused change holds back those after it of the same thing, and no others', () => {
  const refused = change(1, { refusal });
  expect(nextToSend([refused, change(2)])).toBeUndefined();
  expect(nextToSend([refused, change(2), change(3, { params: { id: 'other' } })])?.madeAt).toBe(3);
});

it('what is kept is read back by its owner alone, in the order in which it was made', () => {
  const entries = storage();
  const store = new ChangeStore(entries);
  const kept = [change(30, { sentAt: 31 }), change(4), change(200, { refusal })];
  for (const one of kept) store.put(one);
  store.put(change(5, { owner: 'tenant other' }));
  expect(store.list('tenant key')).toEqual([kept[1], kept[0], kept[2]]);
  expect(store.list('tenant other')).toHaveLength(1);
  store.remove(change(4).id);
  expect(store.list('tenant key')).toHaveLength(2);
});

it('what another version of the page left is neither shown nor lost', () => {
  const entries = storage();
  entries.setItem('outrider.change.x', '{"from":"another version"}');
  entries.setItem('outrider.change.y', 'no JSON');
  expect(new ChangeStore(entries).list('tenant key')).toEqual([]);
  expect(entries.length).toBe(2);
});
