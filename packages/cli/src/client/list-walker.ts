/** A page of any list of the API. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface ListWalk {
  /** Where to begin; undefined for the first page. */
  readonly cursor?: string | undefined;
  /** Most items to read; null for all. */
  readonly limit: number | null;
}

/** The largest page the API gives. */
const PAGE_SIZE = 1_000;

/** Reads a list page by page until `limit` items are had or it ends; `nextCursor` continues after the last. */
export async function walkList<Item>(
  walk: ListWalk,
  readPage: (page: { cursor: string | undefined; limit: number }) => Promise<ListPage<Item>>,
): Promise<{ items: Item[]; nextCursor: string | null }> {
  const items: Item[] = [];
  let cursor = walk.cursor;
  for (;;) {
    const limit = walk.limit === null ? PAGE_SIZE : Math.min(PAGE_SIZE, walk.limit - items.length);
    const page = await readPage({ cursor, limit });
    items.push(...page.items);
    const isFull = walk.limit !== null && items.length >= walk.limit;
    if (page.nextCursor === null || isFull) return { items, nextCursor: page.nextCursor };
    cursor = page.nextCursor;
  }
}
