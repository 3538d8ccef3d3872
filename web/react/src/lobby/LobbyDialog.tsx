// SPDX-License-Identifier: Apache-2.0
import { useRef } from 'react';
import { createPortal } from 'react-dom';
import { useMessages } from '../context.tsx';
import { useModal } from '../hooks/useModal.ts';
import { Lobby, type LobbyProps } from './Lobby.tsx';

/** The lobby as a modal. Escape cancels. */
export function LobbyDialog({ onCancel, ...props }: LobbyProps & { onCancel: () => void }) {
  const t = useMessages();
  const dialog = useRef<HTMLDivElement>(null);
  useModal(dialog);
  if (typeof document === 'undefined') return null; // rendered on a server
  return createPortal(
    <div
      ref={dialog}
      className="cf-lobby-dialog"
      role="dialog"
      aria-modal="true"
      aria-label={t.checkDevices}
      tabIndex={-1}
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
    >
      <Lobby {...props} onCancel={onCancel} />
    </div>,
    document.body,
  );
}
