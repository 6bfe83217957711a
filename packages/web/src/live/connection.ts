import { useSyncExternalStore } from 'react';

/**
 * How the page stands with the platform: `live` when events arrive as they happen, `polling` when they are asked for,
 * `reconnecting` when the last attempt got no answer, `offline` when the browser itself has no network.
 */
export type ConnectionState = 'idle' | 'live' | 'polling' | 'reconnecting' | 'offline';

let silentSince: number | null = null;
let following: 'stream' | 'poll' | null = null;
let current: ConnectionState = 'idle';
const listeners = new Set<() => void>();
const returns = new Set<(silentSince: number) => void>();

function settle(): void {
  const next = stateOf();
  if (next === current) return;
  current = next;
  for (const listener of listeners) listener();
}

function stateOf(): ConnectionState {
  if (silentSince !== null) return navigator.onLine ? 'reconnecting' : 'offline';
  if (following === null) return 'idle';
  return following === 'stream' ? 'live' : 'polling';
}

/** An answer came, whatever it says. */
export function noteAnswer(): void {
  const since = silentSince;
  silentSince = null;
  settle();
  if (since === null) return;
  for (const listener of returns) listener(since);
}

/** No answer came. */
export function noteSilence(): void {
  silentSince ??= Date.now();
  settle();
}

/** The browser says that its network has come or gone. */
export function noteNetwork(): void {
  settle();
}

/** By what events arrive now; null when no page follows any. */
export function noteFollowing(how: 'stream' | 'poll' | null): void {
  following = how;
  settle();
}

/** Whether the last that was asked got no answer. */
export function isSilent(): boolean {
  return silentSince !== null;
}

/** Tells when the platform answers again, with the moment since which it had not. Returns how to end that. */
export function onReturn(listener: (silentSince: number) => void): () => void {
  returns.add(listener);
  return () => returns.delete(listener);
}

/** The state of the connection, kept up to date. */
export function useConnection(): ConnectionState {
  return useSyncExternalStore(subscribe, () => current);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
