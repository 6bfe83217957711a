/**
 * Every error the platform answers with: its stable code, HTTP status and title. `docs/errors.md` is
 * tested against this table both ways.
 */
export const ERRORS = {
  bad_request: { status: 400, title: 'The request cannot be read' },
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  validation_failed: { status: 400, title: 'Some fields are not valid' },
  invalid_url: { status: 400, title: 'Not a URL that can be crawled' },
  credentials_in_url: { status: 400, title: 'A URL must not carry a user name or password' },
  url_too_long: { status: 400, title: 'The URL is longer than 2,083 characters' },
  unsupported_scheme: { status: 400, title: 'Only http and https URLs can be crawled' },
  blocked_address: { status: 400, title: 'The address lies in a private or reserved network' },
  blocked_port: { status: 400, title: 'Only ports 80 and 443 may be crawled' },
  seed_out_of_scope: { status: 400, title: 'The seed lies outside the scope of its own campaign' },
  invalid_cursor: { status: 400, title: 'The cursor is not one this list gave out' },
  invalid_idempotency_key: { status: 400, title: 'The Idempotency-Key header is not usable' },
  unauthenticated: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: "The key's scope does not allow this" },
  cross_site_request: { status: 403, title: 'The request came from another site' },
  not_found: { status: 404, title: 'There is no such thing here' },
  method_not_allowed: { status: 405, title: 'This path does not take that method' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  campaign_archived: { status: 409, title: 'The campaign is archived' },
  campaign_already_running: { status: 409, title: 'The campaign has an execution that has not ended' },
  no_running_execution: { status: 409, title: 'The campaign has no execution that is going on' },
  no_seeds: { status: 409, title: 'The campaign has no seeds to start from' },
  illegal_transition: { status: 409, title: 'The execution is in a state that does not allow this' },
  idempotency_conflict: { status: 409, title: 'The Idempotency-Key was used with another request' },
  idempotency_in_progress: {
    status: 409,
    title: 'The first request with this Idempotency-Key has no answer yet',
  },
  campaign_busy: { status: 409, title: 'The campaign cannot be deleted while it has an execution' },
  last_admin_key: { status: 409, title: 'The last usable admin key cannot be revoked' },
  schedule_state: { status: 409, title: 'The schedule is in a state that does not allow this' },
  revision_conflict: { status: 412, title: 'The campaign has changed since it was read' },
  payload_too_large: { status: 413, title: 'The body is larger than is accepted' },
  unsupported_media_type: { status: 415, title: 'The Content-Type is not one this path takes' },
  limit_exceeded: { status: 422, title: 'A value is above what is allowed' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are larger than is accepted' },
  internal_error: { status: 500, title: 'Something broke on our side' },
  service_unavailable: { status: 503, title: 'The platform cannot reach its database' },
  queue_unavailable: { status: 503, title: 'The platform cannot reach its queue' },
  data_dir_in_use: { status: 500, title: 'Another Outrider uses this data directory' },
  embedded_postgres_unavailable: { status: 500, title: 'There is no embedded PostgreSQL for this platform' },
  embedded_postgres_failed: { status: 500, title: 'The embedded PostgreSQL did not start' },
  invalid_settings: { status: 500, title: 'A setting is not usable' },
  unsafe_database_role: { status: 500, title: 'The database role could bypass tenant isolation' },
  unsafe_queue_store: { status: 500, title: 'The queue store may drop jobs' },
  migrations_pending: { status: 500, title: 'The database schema is not the one this version needs' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;
export type ErrorCode = keyof typeof ERRORS;

/** One field of the input that is wrong. `path` is dotted: `scope.maxPages`, `seeds.3`. */
export interface FieldProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** An error a person or a program is meant to read. `detail` says what to do about it. */
export class OutriderError extends Error {
  override readonly name = 'OutriderError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldProblem[];

  constructor(
    code: ErrorCode,
    detail: string,
    options: { fields?: readonly FieldProblem[]; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fields = options.fields ?? [];
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}
