import type { ROUTES, RouteName } from '@outrider/shared';
import type { ApiClient, ApiRequest } from '../client/api-client.js';
import { type ListPage, walkList } from '../client/list-walker.js';
import { countOf } from '../display/quantities.js';
import type { Column } from '../display/render-table.js';
import type { CommandContext } from '../program/command-context.js';
import { filtersOf } from '../program/list-options.js';

/** The routes that answer with a page of a list. */
export type ListRoute = {
  [N in RouteName]: (typeof ROUTES)[N]['response'] extends {
    readonly _zod: { readonly output: { items: unknown[]; nextCursor: string | null } };
  }
    ? N
    : never;
}[RouteName];

type ItemOf<N extends ListRoute> = (typeof ROUTES)[N]['response']['_zod']['output']['items'][number];

export interface ListOptions {
  readonly limit: number;
  readonly all: boolean;
  readonly cursor?: string;
  readonly json: boolean;
  readonly [filter: string]: unknown;
}

export interface ShownList<N extends ListRoute> {
  readonly route: N;
  readonly params: ApiRequest<N>['params'];
  /** What one row is, for counting: `page`. */
  readonly noun: string;
  /** Of several, where an s does not do. */
  readonly plural?: string;
  readonly columns: readonly Column<ItemOf<N>>[];
}

/** Reads a list with the filters that were given, and prints it as a table or as one JSON document. */
export async function showList<N extends ListRoute>(
  context: CommandContext,
  client: ApiClient,
  { route, params, noun, plural, columns }: ShownList<N>,
  options: ListOptions,
): Promise<void> {
  const { terminal } = context;
  const filters = filtersOf(route, options);
  const walk = { cursor: options.cursor, limit: options.all ? null : options.limit };
  const { items, nextCursor } = await walkList<ItemOf<N>>(walk, async (page) => {
    const request = { params, query: { ...filters, ...page } } as unknown as ApiRequest<N>;
    return (await client.call(route, request)) as ListPage<ItemOf<N>>;
  });
  if (options.json) {
    terminal.print(JSON.stringify({ items, nextCursor }));
    return;
  }
  if (items.length > 0) {
    // Loaded here: only a table needs it.
    const { renderTable } = await import('../display/render-table.js');
    terminal.print(renderTable(columns, items, terminal.colors));
  }
  const more = nextCursor === null ? '' : `; more with --all, or from here with --cursor ${nextCursor}`;
  terminal.note(`${countOf(items.length, noun, plural)}${more}`);
}
