// SPDX-License-Identifier: Apache-2.0
import { useToast } from '@confab/react';
import { useCallback, useEffect, useState } from 'react';
import { pushState, switchOff, switchOn, type PushState } from '../push/device.ts';
import { useWords } from '../texts/index.ts';
import { Switch } from './Switch.tsx';

/** Notifications of this device while no page is open. */
export function PushSwitch() {
  const { language, texts } = useWords();
  const { push } = texts;
  const toast = useToast();
  const [state, setState] = useState<PushState | undefined>();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const look = useCallback(() => void pushState().then(setState, () => setFailed(true)), []);
  useEffect(look, [look]);
  useEffect(() => {
    // allowed or blocked meanwhile, in the browser's own settings
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [look]);

  const change = async (on: boolean) => {
    if (busy) return; // not disabled: the focus would get lost
    setBusy(true);
    setFailed(false);
    try {
      const next = await (on ? switchOn(language) : switchOff());
      setState(next);
      if (next === 'on' || next === 'off') toast(next === 'on' ? push.on : push.off);
    } catch {
      setFailed(true);
    } finally {
      setBusy(false);
    }
  };
  const usable = state === 'on' || state === 'off';
  return (
    <div>
      <Switch
        label={push.label}
        hint={state === 'denied' || state === 'unsupported' || state === 'unconfigured' ? push[state] : push.hint}
        on={state === 'on'}
        disabled={!usable}
        onChange={(on) => void change(on)}
      />
      {failed && (
        <p className="op-error" role="alert">
          {push.failed}
        </p>
      )}
    </div>
  );
}
