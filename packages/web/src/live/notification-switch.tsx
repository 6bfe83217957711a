import { Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  type NotificationState,
  turnNotificationsOff,
  turnNotificationsOn,
  useNotificationState,
} from './notifications.js';

const LABELS: Readonly<Record<NotificationState, string>> = {
  unavailable: 'Notifications need HTTPS, or this machine',
  blocked: 'Notifications are blocked by the browser',
  off: 'Notify me when an execution ends or stalls',
  on: 'Notifications: on. Turn them off',
};

/** Asks the browser, when it is chosen, whether the dashboard may call; nothing asks before. */
export function NotificationSwitch() {
  const state = useNotificationState();
  const change = (): void => {
    if (state === 'on') {
      turnNotificationsOff();
      return;
    }
    turnNotificationsOn()
      .then((next) => {
        notifications.show({
          message:
            next === 'on'
              ? 'While a page of the dashboard is open, you are told when an execution ends, and when one of the campaign you look at stalls.'
              : 'The browser does not allow it.',
        });
      })
      .catch(() => undefined);
  };
  return (
    <Menu.Item onClick={change} disabled={state === 'unavailable' || state === 'blocked'}>
      {LABELS[state]}
    </Menu.Item>
  );
}
