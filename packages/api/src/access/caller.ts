import { API_SCOPES, type ApiScope, OutriderError } from '@outrider/shared';

/** Who makes a request, as its key says. Nothing else in a request names a tenant. */
export interface Caller {
  readonly keyId: string;
  readonly keyName: string;
  readonly tenantId: string;
  readonly scope: ApiScope;
}

/** Throws `forbidden` unless the caller's scope includes the one that is needed. */
export function requireScope(caller: Caller, needed: ApiScope): void {
  if (API_SCOPES.indexOf(caller.scope) >= API_SCOPES.indexOf(needed)) return;
  throw new OutriderError(
    'forbidden',
    `This needs a key with the scope ${needed}; yours has ${caller.scope}.`,
  );
}
