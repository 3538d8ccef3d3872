// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';

/** Who asks for the microphone, the camera or the screen, for those who can grant it. */
export function PermissionRequests({ call }: { call: Call }) {
  const t = useMessages();
  const requests = useObservable(call.state.permissionRequests$);
  const own = useObservable(call.state.ownCapabilities$);
  if (requests.length === 0 || !own.includes('update-call-permissions')) return null;
  return (
    <>
      {requests.map(({ user, permissions }) => (
        <p key={user.id} className="cf-request">
          <span>{t.asksFor(user.name, permissions)}</span>
          <button
            type="button"
            className="cf-button cf-button--small"
            onClick={() => void call.grantPermissions(user.id, permissions).catch(() => {})}
          >
            {t.allow}
          </button>
          <button
            type="button"
            className="cf-button cf-button--small cf-button--quiet"
            onClick={() => call.dismissPermissionRequest(user.id)}
          >
            {t.deny}
          </button>
        </p>
      ))}
    </>
  );
}
