// SPDX-License-Identifier: Apache-2.0
import { useId, useRef, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useMessages } from '../context.tsx';
import { useModal } from '../hooks/useModal.ts';
import { IconButton } from './IconButton.tsx';

/** A small window over the page. Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  return createPortal(
    <Window title={title} onClose={onClose}>
      {children}
    </Window>,
    document.body,
  );
}

function Window({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const t = useMessages();
  const id = useId();
  const ref = useRef<HTMLDivElement>(null);
  useModal(ref);
  return (
    <div
      ref={ref}
      className="cf-overlay"
      role="dialog"
      aria-modal="true"
      aria-labelledby={id}
      tabIndex={-1}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className="cf-dialog">
        <header className="cf-dialog__head">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label={t.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </div>
  );
}
