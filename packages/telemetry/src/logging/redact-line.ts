const REDACTED = '[redacted]';

/** A JSON string, or a list of them: the value of a header as Node and undici present it. */
const VALUE = String.raw`(?:"(?:[^"\\]|\\.)*"|\[(?:"(?:[^"\\]|\\.)*",?)*\])`;

const SECRET_FIELD = new RegExp(
  `"((?:proxy-)?authorization|cookie|set-cookie|x-api-key|api_?key|password)":${VALUE}`,
  'gi',
);
const API_KEY = /crw_[A-Za-z0-9_-]+/g;
/** In prose a shorter word follows; no token is that short. */
const BEARER = /\bBearer [A-Za-z0-9._~+/=-]{8,}/g;
/** Anchored at `://` and bounded by the end of the authority, so that a long line costs one pass. */
const USERINFO = /:\/\/(?:[^\s"\\/?#]|\\["\\])*@/g;

/**
 * Takes secrets out of one line of JSON: values of credential headers, bearer tokens, API keys, and the
 * userinfo of URLs. Linear in the length of the line; the line stays valid JSON.
 */
export function redactLine(line: string): string {
  return line
    .replace(SECRET_FIELD, `"$1":"${REDACTED}"`)
    .replace(BEARER, `Bearer ${REDACTED}`)
    .replace(API_KEY, `crw_${REDACTED}`)
    .replace(USERINFO, `://${REDACTED}@`);
}
