import { errors } from 'undici';
import { type FetchFailureCode, FetchFault } from './fetch-failures.js';

/** How far a new connection had come. */
export type ConnectStage = 'dns' | 'tcp' | 'tls';

const SYSTEM_CODES: ReadonlyMap<string, FetchFailureCode> = new Map([
  ['ECONNREFUSED', 'connection_refused'],
  ['ECONNRESET', 'connection_reset'],
  ['ECONNABORTED', 'connection_reset'],
  ['EPIPE', 'connection_reset'],
  ['ETIMEDOUT', 'connect_timeout'],
  ['EHOSTUNREACH', 'host_unreachable'],
  ['ENETUNREACH', 'host_unreachable'],
  ['EHOSTDOWN', 'host_unreachable'],
  ['ENETDOWN', 'host_unreachable'],
]);

/** Not a code of undici's: it stands for the two messages that share one. */
const BAD_ANSWER = 'BAD_ANSWER';

// The names are OpenSSL's X509_V_ERR_*, as Node reports them.
const CERTIFICATE_CODES: ReadonlyMap<string, FetchFailureCode> = new Map([
  ['CERT_HAS_EXPIRED', 'tls_expired'],
  ['CERT_NOT_YET_VALID', 'tls_expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_self_signed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_wrong_host'],
  ['HOSTNAME_MISMATCH', 'tls_wrong_host'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'tls_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_untrusted'],
  ['CERT_CHAIN_TOO_LONG', 'tls_untrusted'],
  ['CERT_REVOKED', 'tls_untrusted'],
  ['CERT_REJECTED', 'tls_untrusted'],
  ['CERT_UNTRUSTED', 'tls_untrusted'],
  ['INVALID_CA', 'tls_untrusted'],
  ['INVALID_PURPOSE', 'tls_untrusted'],
  ['PATH_LENGTH_EXCEEDED', 'tls_untrusted'],
]);

/** Sorts what went wrong while a connection was being made. */
export function connectFault(error: unknown, stage: ConnectStage): FetchFault {
  if (error instanceof FetchFault) return error;
  const code = errorCode(error);
  return new FetchFault(connectCode(code, stage), errorDetail(error), error);
}

/** Sorts what went wrong on an open connection. @param headArrived Whether the response head was complete. */
export function exchangeFault(error: unknown, headArrived: boolean): FetchFault {
  if (error instanceof FetchFault) return error;
  return new FetchFault(exchangeCode(errorCode(error), headArrived), errorDetail(error), error);
}

/** Whether an error says that the server closed the connection, with FIN or with RST. */
export function isConnectionLost(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'UND_ERR_SOCKET' || SYSTEM_CODES.get(code) === 'connection_reset';
}

/** Whether a socket was torn down by the server's RST, as opposed to closed or destroyed by us. */
export function isReset(error: unknown): boolean {
  return SYSTEM_CODES.get(errorCode(error)) === 'connection_reset';
}

/** Whether an error says that the message ended in mid-body by an orderly close. */
export function isEarlyEnd(error: unknown): boolean {
  const code = errorCode(error);
  // undici: closed on keep-alive, fewer bytes than Content-Length, no last chunk.
  return (
    code === 'UND_ERR_SOCKET' ||
    code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' ||
    code === 'HPE_INVALID_EOF_STATE'
  );
}

function connectCode(code: string, stage: ConnectStage): FetchFailureCode {
  // getaddrinfo says ENOTFOUND for a name without addresses and EAI_* for servers that did not answer.
  if (stage === 'dns') return code === 'ENOTFOUND' || code === 'ENODATA' ? 'dns_not_found' : 'dns_failure';
  const known = SYSTEM_CODES.get(code) ?? CERTIFICATE_CODES.get(code);
  if (known !== undefined) return known;
  if (stage === 'tcp') return 'network_error';
  return code.startsWith('ERR_SSL_') || code === 'EPROTO' ? 'tls_handshake' : 'tls_error';
}

function exchangeCode(code: string, headArrived: boolean): FetchFailureCode {
  const known = SYSTEM_CODES.get(code);
  if (known !== undefined) return known;
  switch (code) {
    case 'UND_ERR_SOCKET':
      return 'connection_reset';
    case 'UND_ERR_HEADERS_OVERFLOW':
      return 'header_overflow';
    case 'UND_ERR_INVALID_ARG':
    case 'UND_ERR_NOT_SUPPORTED':
      return 'invalid_request';
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return 'aborted';
    case 'HPE_INVALID_CONSTANT':
      return headArrived ? 'protocol_error' : 'not_http';
    // The parser asserts a status of at least 100.
    case 'ERR_ASSERTION':
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
    case BAD_ANSWER:
      return 'protocol_error';
    default:
      return code.startsWith('HPE_') ? 'protocol_error' : 'network_error';
  }
}

function errorCode(error: unknown): string {
  if (error instanceof errors.HTTPParserError) return parserCode(error.message);
  // "bad response", "bad upgrade": an answer undici cannot use, under the same code as a lost connection.
  if (error instanceof errors.SocketError && error.message.startsWith('bad ')) return BAD_ANSWER;
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

// The parser's error has a `code`, which undici 7 leaves undefined; its reason is in the message.
function parserCode(message: string): string {
  if (message.includes('Expected HTTP/')) return 'HPE_INVALID_CONSTANT';
  return message.includes('Invalid EOF state') ? 'HPE_INVALID_EOF_STATE' : 'HPE_OTHER';
}

function errorDetail(error: unknown): string {
  // Several addresses were tried: the error itself has no message then.
  if (error instanceof AggregateError) return error.errors.map(errorDetail).join('; ');
  return error instanceof Error ? error.message : String(error);
}
