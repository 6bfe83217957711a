/** The response headers by which a site guards its pages, as sent; null for one that was not. */
export interface SecurityHeaders {
  readonly strictTransportSecurity: string | null;
  readonly contentSecurityPolicy: string | null;
  readonly xContentTypeOptions: string | null;
  readonly xFrameOptions: string | null;
  readonly referrerPolicy: string | null;
  readonly permissionsPolicy: string | null;
}

/** Picks the security headers out of a response's headers, names in lower case; repeated ones are joined by commas. */
export function securityHeaders(headers: readonly (readonly [string, string])[]): SecurityHeaders {
  const of = (wanted: string): string | null => {
    const values = headers.filter(([name]) => name === wanted).map(([, value]) => value);
    return values.length === 0 ? null : values.join(', ');
  };
  return {
    strictTransportSecurity: of('strict-transport-security'),
    contentSecurityPolicy: of('content-security-policy'),
    xContentTypeOptions: of('x-content-type-options'),
    xFrameOptions: of('x-frame-options'),
    referrerPolicy: of('referrer-policy'),
    permissionsPolicy: of('permissions-policy'),
  };
}
