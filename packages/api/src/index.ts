export {
  type Authenticator,
  type AuthenticatorOptions,
  createAuthenticator,
} from './access/authenticator.js';
export {
  ensureFirstAdministrator,
  type FirstAdministratorOptions,
  KEY_FILE,
} from './access/first-administrator.js';
export { createApp } from './app/create-app.js';
export type { Services } from './app/services.js';
export { type CursorCodec, createCursorCodec } from './cursors/cursor-codec.js';
export type { HealthChecks } from './health/mount-health.js';
export { type ApiServer, type ServerOptions, startServer } from './http/start-server.js';
export { buildDocument, type OpenApiDocument } from './openapi/build-document.js';
