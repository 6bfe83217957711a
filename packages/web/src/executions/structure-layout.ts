import type { SiteFolder } from '@outrider/shared/contract';

/** A folder's place in the picture, in shares of its width, and its level from the top: 0 is a host. */
export interface PlacedFolder {
  readonly folder: SiteFolder;
  readonly level: number;
  readonly left: number;
  readonly width: number;
}

/** What a URL of the folder contains: its host and folders, with the slash behind the last. */
export function urlPartOf({ host, folders }: Pick<SiteFolder, 'host' | 'folders'>): string {
  return ['/', host, ...folders, ''].join('/');
}

/** Narrower than this nothing is seen of a folder. */
const NARROWEST = 0.004;

/**
 * Lays folders out as an icicle: each below the one that it lies in, as wide as its share of all pages. What is left
 * beside the folders in one are its own pages. A folder comes behind the one that it lies in.
 */
export function layOutStructure(folders: readonly SiteFolder[]): PlacedFolder[] {
  const all = folders
    .filter(({ folders: names }) => names.length === 0)
    .reduce((sum, { pages }) => sum + pages, 0);
  /** Where the next folder within each begins. */
  const free = new Map<string, number>([['', 0]]);
  const placed: PlacedFolder[] = [];
  for (const folder of folders) {
    const { host, folders: names, pages } = folder;
    const within = names.length === 0 ? '' : urlPartOf({ host, folders: names.slice(0, -1) });
    const left = free.get(within);
    if (left === undefined || all === 0) continue;
    const width = pages / all;
    free.set(within, left + width);
    free.set(urlPartOf(folder), left);
    if (width >= NARROWEST) placed.push({ folder, level: names.length, left, width });
  }
  return placed;
}
