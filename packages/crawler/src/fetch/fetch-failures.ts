/** What a caller may do about a failed fetch: try it again later, or record it as final. */
export type RetryDecision = 'retry' | 'give_up';

/** The `error_type` under which a failed fetch is filed. */
export type FetchErrorType = 'network' | 'timeout' | 'validation' | 'robot_blocked' | 'parsing';

interface FetchFailureRule {
  readonly retry: RetryDecision;
  readonly errorType: FetchErrorType;
  readonly summary: string;
}

function rule(retry: RetryDecision, errorType: FetchErrorType, summary: string): FetchFailureRule {
  return { retry, errorType, summary };
}

/**
 * Every way a fetch can end without a usable answer. The list is closed: what the network stack throws is
 * sorted into it, so that retry policy, statistics and error pages never meet an unknown code.
 */
export const FETCH_FAILURES = {
  dns_not_found: rule('give_up', 'network', 'the host name does not exist'),
  dns_failure: rule('retry', 'network', 'the host name could not be resolved'),
  connection_refused: rule('retry', 'network', 'the server refused the connection'),
  connection_reset: rule(
    'retry',
    'network',
    'the connection was closed or reset before the answer was whole',
  ),
  host_unreachable: rule('retry', 'network', 'there is no route to the server'),
  network_error: rule('retry', 'network', 'the connection failed, or this machine ran out of sockets'),
  connect_timeout: rule('retry', 'timeout', 'no connection in time'),
  headers_timeout: rule('retry', 'timeout', 'no response headers in time'),
  body_timeout: rule('retry', 'timeout', 'the body did not arrive in time, or too slowly'),
  tls_error: rule('give_up', 'network', 'the TLS connection failed'),
  tls_expired: rule('give_up', 'network', 'the certificate is expired or not yet valid'),
  tls_self_signed: rule('give_up', 'network', 'the certificate is self-signed'),
  tls_wrong_host: rule('give_up', 'network', 'the certificate is for another host'),
  tls_untrusted: rule('give_up', 'network', 'the certificate does not lead to a trusted root'),
  tls_handshake: rule('give_up', 'network', 'the TLS handshake failed or stalled'),
  too_large: rule('give_up', 'validation', 'the body is larger than the limit'),
  decompression_limit: rule(
    'give_up',
    'validation',
    'the body expands beyond the limits for compressed content',
  ),
  unsupported_encoding: rule('give_up', 'validation', 'the content coding is not supported'),
  bad_encoding: rule('give_up', 'parsing', 'the body is not in the content coding it claims'),
  header_overflow: rule('give_up', 'validation', 'the response headers are larger than the limit'),
  protocol_error: rule('give_up', 'network', 'the answer breaks the HTTP/1.1 protocol'),
  not_http: rule('give_up', 'network', 'the server does not speak HTTP'),
  truncated: rule('retry', 'network', 'the connection closed before any of the announced body came'),
  blocked_address: rule('give_up', 'validation', 'the address may not be fetched'),
  blocked_port: rule('give_up', 'validation', 'the port may not be fetched'),
  unsupported_scheme: rule('give_up', 'validation', 'only http and https are fetched'),
  invalid_url: rule('give_up', 'validation', 'the URL cannot be parsed'),
  invalid_request: rule('give_up', 'validation', 'a request header cannot be sent'),
  // Our own side withdrew, which says nothing about the URL: it stays to be fetched.
  aborted: rule('retry', 'network', 'the fetch was cancelled'),
} as const satisfies Record<string, FetchFailureRule>;

export type FetchFailureCode = keyof typeof FETCH_FAILURES;

/** An error that already carries its place in {@link FETCH_FAILURES}. */
export class FetchFault extends Error {
  override readonly name = 'FetchFault';

  constructor(
    readonly code: FetchFailureCode,
    detail?: string,
    cause?: unknown,
  ) {
    const summary = FETCH_FAILURES[code].summary;
    super(detail === undefined ? summary : `${summary}: ${detail}`, { cause });
  }
}
