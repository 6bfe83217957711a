import { type CampaignEvent, EVENTS, STALL_CAUSES } from '@outrider/shared/contract';
import { useSyncExternalStore } from 'react';

/** `unavailable`: the browser has none, or not for a page that did not come over HTTPS or from this machine. */
export type NotificationState = 'unavailable' | 'blocked' | 'off' | 'on';

/** Something worth to be called for. */
export interface Call {
  /** What is told once has a name of its own, in all windows of the browser. */
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  /** The page that shows it. */
  readonly href: string;
}

const SETTING = 'outrider.notifications';
const MOST_REMEMBERED = 500;
const listeners = new Set<() => void>();
const told = new Set<string>();
let openPage: (href: string) => void = () => undefined;

/** Whether this browser wants to be called: it does not until somebody asks for it. */
export function notificationState(): NotificationState {
  if (!('Notification' in window) || !window.isSecureContext) return 'unavailable';
  if (Notification.permission === 'denied') return 'blocked';
  return Notification.permission === 'granted' && localStorage.getItem(SETTING) === 'on' ? 'on' : 'off';
}

/** The same, kept up to date. */
export function useNotificationState(): NotificationState {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, notificationState);
}

/** To be called by a click only: the browser asks whether this page may. Returns what became of it. */
export async function turnNotificationsOn(): Promise<NotificationState> {
  if (notificationState() === 'unavailable') return 'unavailable';
  if ((await Notification.requestPermission()) === 'granted') localStorage.setItem(SETTING, 'on');
  for (const listener of listeners) listener();
  return notificationState();
}

export function turnNotificationsOff(): void {
  localStorage.removeItem(SETTING);
  for (const listener of listeners) listener();
}

/** How a notification that is clicked leads to its page. */
export function onNotificationClick(open: (href: string) => void): void {
  openPage = open;
}

/** Calls, if that is wanted, and it was not told before. */
export function notify({ tag, title, body, href }: Call): void {
  if (notificationState() !== 'on' || told.has(tag)) return;
  told.add(tag);
  if (told.size > MOST_REMEMBERED) told.delete([...told][0] ?? '');
  const notification = new Notification(title, { body, tag, icon: '/icon.svg' });
  notification.onclick = () => {
    window.focus();
    notification.close();
    openPage(href);
  };
}

/** Calls for those events of an opened campaign that ask for somebody: an end, and a stall. */
export function tellOfEvents(events: readonly CampaignEvent[], campaignName: string): void {
  for (const { eventType, payload, campaignId, executionId, seq } of events) {
    const href = `/campaigns/${campaignId}`;
    if (eventType === 'execution.ended') {
      const parsed = EVENTS['execution.ended'].payload.safeParse(payload);
      if (parsed.success) notify(endCall(campaignName, executionId ?? '', parsed.data.to, href));
    }
    if (eventType === 'execution.stalled') {
      const parsed = EVENTS['execution.stalled'].payload.safeParse(payload);
      const body = parsed.success ? STALL_CAUSES[parsed.data.cause] : '';
      notify({ tag: `${campaignId} ${seq}`, title: `${campaignName} does not move`, body, href });
    }
  }
}

const ENDS: Readonly<Record<string, string>> = {
  completed: 'is completed',
  failed: 'has failed',
  stopped: 'was stopped',
  cancelled: 'was cancelled',
};

/** What is said of an end, however it was learned. */
export function endCall(campaignName: string, executionId: string, state: string, href: string): Call {
  return {
    tag: `ended ${executionId}`,
    title: `${campaignName} ${ENDS[state] ?? `ended: ${state}`}`,
    body: 'Open it to see what was fetched, what failed and what was skipped.',
    href,
  };
}
