// SPDX-License-Identifier: Apache-2.0
import { useMessages } from '../context.tsx';
import { Dialog } from './Dialog.tsx';

interface ConfirmProps {
  title: string;
  text: string;
  /** What the button says that does it. */
  deed: string;
  onDo: () => void;
  onClose: () => void;
}

/** Asks before something that others feel. */
export function Confirm({ title, text, deed, onDo, onClose }: ConfirmProps) {
  const t = useMessages();
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="cf-form">
        <p dir="auto">{text}</p>
        <div className="cf-form__buttons">
          <button type="button" className="cf-button cf-button--quiet" onClick={onClose}>
            {t.cancel}
          </button>
          <button
            type="button"
            className="cf-button"
            onClick={() => {
              onDo();
              onClose();
            }}
          >
            {deed}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
