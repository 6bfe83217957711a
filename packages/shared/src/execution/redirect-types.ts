/**
 * How a URL sends its reader elsewhere: a status with `Location`; on a page of 2xx, a `Refresh` header or a
 * `<meta http-equiv="refresh">` element; in browser mode, a script.
 */
export const REDIRECT_TYPES = ['http', 'http_refresh', 'meta_refresh', 'javascript'] as const;
export type RedirectType = (typeof REDIRECT_TYPES)[number];
