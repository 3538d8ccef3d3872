// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { prefer, usePreferences } from '../preferences.ts';
import { useTexts } from '../texts/index.ts';
import { Switch } from './Switch.tsx';

/** Switching them on asks the browser, which asks the person; what was refused there can only be allowed there. */
export function Notifications() {
  const texts = useTexts();
  const { notifications } = usePreferences();
  const [permission, setPermission] = useState<NotificationPermission>(() =>
    typeof Notification === 'undefined' ? 'denied' : Notification.permission,
  );
  const change = async (on: boolean) => {
    prefer({ notifications: on });
    if (on && permission === 'default') setPermission(await Notification.requestPermission());
  };
  return (
    <Switch
      label={texts.notifications}
      hint={permission === 'denied' ? texts.notificationsRefused : texts.notificationsHint}
      on={notifications && permission === 'granted'}
      disabled={permission === 'denied'}
      onChange={(on) => void change(on)}
    />
  );
}
