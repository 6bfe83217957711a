import { expect, it } from 'vitest';
import { securityHeaders } from './security-headers.js';

it('security headers are picked out as sent, repeated ones joined', () => {
  expect(
    securityHeaders([
      ['content-type', 'text/html'],
      ['strict-transport-security', 'max-age=31536000; includeSubDomains'],
      ['content-security-policy', "default-src 'self'"],
      ['content-security-policy', 'frame-ancestors none'],
      ['x-content-type-options', 'nosniff'],
    ]),
  ).toEqual({
    strictTransportSecurity: 'max-age=31536000; includeSubDomains',
    contentSecurityPolicy: "default-src 'self', frame-ancestors none",
    xContentTypeOptions: 'nosniff',
    xFrameOptions: null,
    referrerPolicy: null,
    permissionsPolicy: null,
  });
});
