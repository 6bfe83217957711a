import type { IndexabilityReason, PageSort } from '@outrider/shared';
import type { Place } from '../cursors/slice.js';

/** Which pages of an execution to list. */
export interface PageFilter {
  readonly executionId: string;
  readonly sort: PageSort;
  readonly limit: number;
  readonly after: Place | null;
  /** `404`, or a class like `4xx`. */
  readonly status?: string | undefined;
  readonly host?: string | undefined;
  readonly urlContains?: string | undefined;
  readonly indexable?: boolean | undefined;
  /** A media type without its parameters: `application/pdf`. */
  readonly contentType?: string | undefined;
  readonly indexabilityReason?: IndexabilityReason | undefined;
  /** HTML without a title. */
  readonly titleMissing?: boolean | undefined;
  /** A soft 404 score of 0.5 and more. */
  readonly soft404?: boolean | undefined;
  readonly html?: boolean | undefined;
  readonly depth?: number | undefined;
  /** Fetched at or after, and before (ISO 8601). */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly rowsLookedAt?: number | undefined;
}
