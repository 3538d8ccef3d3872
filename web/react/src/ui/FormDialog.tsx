// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { useMessages } from '../context.tsx';
import { Dialog } from './Dialog.tsx';

interface FormDialogProps {
  title: string;
  /** What the button says that does it. */
  deed: string;
  /** It hurts somebody. */
  danger?: boolean;
  /** Not now: something is missing, or it is being done. */
  disabled?: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog with fields, and below them Cancel and the one button that does it. */
export function FormDialog({ title, deed, danger = false, disabled = false, onSubmit, onClose, children }: FormDialogProps) {
  const t = useMessages();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="cf-form"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        <div className="cf-form__buttons">
          <button type="button" className="cf-button cf-button--quiet" onClick={onClose}>
            {t.cancel}
          </button>
          <button type="submit" className={`cf-button ${danger ? 'cf-button--decline' : ''}`} disabled={disabled}>
            {deed}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
