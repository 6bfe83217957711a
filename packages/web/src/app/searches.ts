import {
  CHANGED_FIELDS,
  CRAWL_ERROR_TYPES,
  DISCOVERY_METHODS,
  INDEXABILITY_REASONS,
  PAGE_CHANGE_KINDS,
  PAGE_SORTS,
  SEVERITIES,
  SKIP_REASON_NAMES,
  TARGET_STATES,
} from '@outrider/shared/contract';
import { z } from 'zod';

// What stands in the query of an address. What is not understood is left out rather than refused: a link that somebody
// shortened or an older version made still leads to the page.

const text = z.coerce.string().min(1).max(500).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values).optional().catch(undefined);

/** An address within the dashboard, to go on to. */
const within = z
  .string()
  .regex(/^\/(?![/\\])/)
  .optional()
  .catch(undefined);

export const signInSearch = z.object({ to: within });
export const campaignsSearch = z.object({ q: text, archived: flag, deleted: flag });
const day = z.iso.date().optional().catch(undefined);
export const compareSearch = z.object({ ids: text, from: day, to: day });
const zone = z.string().refine(isZone).optional().catch(undefined);
export const schedulesSearch = z.object({ view: oneOf(['month', 'week', 'list']), day, zone });
export const changesSearch = z.object({
  since: z.uuid().optional().catch(undefined),
  kind: oneOf(PAGE_CHANGE_KINDS),
  field: oneOf(CHANGED_FIELDS),
  q: text,
});
export const newCampaignSearch = z.object({ url: text });
export const urlsSearch = z.object({
  status: z.coerce
    .string()
    .regex(/^([1-5]xx|[1-9]\d\d)$/)
    .optional()
    .catch(undefined),
  q: text,
  indexable: flag,
  reason: oneOf(INDEXABILITY_REASONS),
  untitled: flag,
  depth: z.coerce.number().int().min(0).optional().catch(undefined),
  sort: oneOf(PAGE_SORTS),
});
export const urlLinksSearch = z.object({ links: oneOf(['in', 'out']) });
export const discoveredSearch = z.object({
  state: oneOf(TARGET_STATES),
  skipReason: oneOf(SKIP_REASON_NAMES),
  method: oneOf(DISCOVERY_METHODS),
  q: text,
});
export const errorsSearch = z.object({
  view: oneOf(['groups', 'each']),
  type: oneOf(CRAWL_ERROR_TYPES),
  severity: oneOf(SEVERITIES),
  code: text,
  host: text,
  /** Errors that belong to no host. */
  hostless: flag,
  resolved: flag,
  q: text,
});
export const explainSearch = z.object({
  url: z.coerce.string().min(1).max(10_000).optional().catch(undefined),
});
export const auditSearch = z.object({ part: oneOf(['keys', 'quotas', 'audit']) });

/** Whether this browser knows the time zone. */
function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat(undefined, { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
