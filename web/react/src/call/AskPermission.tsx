// SPDX-License-Identifier: Apache-2.0
import type { Call, RequestablePermission } from '@confab/client';
import { useState } from 'react';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';

const PERMISSIONS: readonly RequestablePermission[] = ['send-audio', 'send-video', 'screenshare'];

/** In a call where one may only listen: asks for what the call lets one ask for. */
export function AskPermission({ call }: { call: Call }) {
  const t = useMessages();
  useObservable(call.state.ownCapabilities$);
  useObservable(call.state.settings$);
  const [asked, setAsked] = useState<readonly string[]>([]);
  const wanted = PERMISSIONS.filter((permission) => call.permissionsContext.canRequest(permission))[0];
  if (!wanted || call.state.ownCapabilities.length === 0) return null;
  const waiting = asked.includes(wanted);
  return (
    <button
      type="button"
      className="cf-button cf-button--quiet"
      disabled={waiting}
      onClick={() => {
        setAsked([...asked, wanted]);
        call.requestPermissions({ permissions: [wanted] }).catch(() => setAsked((list) => list.filter((p) => p !== wanted)));
      }}
    >
      {waiting ? t.asked : t.askFor(wanted)}
    </button>
  );
}
