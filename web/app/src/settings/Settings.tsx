// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { Privacy } from '@confab/react';
import { LanguagePicker } from '../pages/LanguagePicker.tsx';
import { prefer, THEMES, usePreferences } from '../preferences.ts';
import { useTexts } from '../texts/index.ts';
import { Account } from './Account.tsx';
import { Choice } from './Choice.tsx';
import { Devices } from './Devices.tsx';
import { Notifications } from './Notifications.tsx';
import { PushSwitch } from './PushSwitch.tsx';
import { Sessions } from './Sessions.tsx';
import { Switch } from './Switch.tsx';

interface SettingsProps {
  me: UserObject;
  onRenamed: (user: UserObject) => void;
  onSignOut: () => void;
}

/** Everything a person can choose. It holds at once; there is nothing to save but a name and a password. */
export function Settings({ me, onRenamed, onSignOut }: SettingsProps) {
  const texts = useTexts();
  const { theme, sounds, messageSound, shortcuts } = usePreferences();
  return (
    <main className="op-page set-page">
      <h1>{texts.settings}</h1>
      <section aria-labelledby="set-look">
        <h2 id="set-look">{texts.setLook}</h2>
        <LanguagePicker />
        <Choice
          label={texts.theme}
          options={THEMES.map((name) => ({ value: name, label: texts.themes[name] }))}
          value={theme}
          onChoose={(chosen) => prefer({ theme: chosen })}
        />
      </section>
      <section aria-labelledby="set-devices">
        <h2 id="set-devices">{texts.setDevices}</h2>
        <Devices />
      </section>
      <section aria-labelledby="set-calls">
        <h2 id="set-calls">{texts.setNotify}</h2>
        <Switch label={texts.ringSound} hint={texts.ringSoundHint} on={sounds} onChange={(on) => prefer({ sounds: on })} />
        <Switch label={texts.messageSound} hint={texts.messageSoundHint} on={messageSound} onChange={(on) => prefer({ messageSound: on })} />
        <Notifications />
        <PushSwitch />
        <Switch label={texts.shortcutKeys} hint={texts.shortcutKeysHint} on={shortcuts} onChange={(on) => prefer({ shortcuts: on })} />
      </section>
      <Privacy me={me} />
      <Account me={me} onRenamed={onRenamed} />
      <Sessions onSignOut={onSignOut} />
    </main>
  );
}
