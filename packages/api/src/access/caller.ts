import { API_SCOPES, type ApiScope, OutriderError } from '@outrider/shared';

/** Who makes a request, as its key says. Nothing else in a request names a tenant. */
export interface Caller {
  readonly keyId: string;
  readonly keyName: string;
  readonly tenantId: string;
  readonly scope: ApiScope;
  /** Of a browser that is signed in; a request with a key has none. */
  readonly sessionId?: string;
}

/** Whether the caller's scope includes this one. */
export function mayDo(caller: Pick<Caller, 'scope'>, needed: ApiScope): boolean {
  return API_SCOPES.indexOf(caller.scope) >= API_SCOPES.indexOf(needed);
}

/** Throws `forbidden` unless the caller's scope includes the one that is needed. */
export function requireScope(caller: Caller, needed: ApiScope): void {
  if (mayDo(caller, needed)) return;
  throw new OutriderError(
    'forbidden',
    `This needs a key with the scope ${needed}; yours has ${caller.scope}.`,
  );
}
