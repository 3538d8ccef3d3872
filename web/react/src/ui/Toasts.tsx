// SPDX-License-Identifier: Apache-2.0
import { createContext, use, useCallback, useEffect, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { Icon } from './Icon.tsx';

const SHOWN_MS = 5000;

interface Toast {
  id: number;
  text: string;
}

const ToastContext = createContext<(text: string) => void>(() => {});

/** Shows a short notice for five seconds, above everything, also above dialogs. */
export function useToast(): (text: string) => void {
  return use(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const show = useCallback((text: string) => {
    // the same notice twice would only push the first one away
    setToasts((list) => [...list.filter((toast) => toast.text !== text), { id: Math.random(), text }].slice(-3));
  }, []);
  const remove = useCallback((id: number) => setToasts((list) => list.filter((toast) => toast.id !== id)), []);
  return (
    <ToastContext value={show}>
      {children}
      {typeof document !== 'undefined' &&
        createPortal(
        <div className="cf-toasts" aria-live="polite" data-above="">
          {toasts.map((toast) => (
            <ToastView key={toast.id} toast={toast} onDone={remove} />
          ))}
        </div>,
        document.body,
      )}
    </ToastContext>
  );
}

function ToastView({ toast, onDone }: { toast: Toast; onDone: (id: number) => void }) {
  useEffect(() => {
    const timer = setTimeout(() => onDone(toast.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast.id, onDone]);
  return (
    <div className="cf-toast" role="status" aria-label={toast.text}>
      <Icon name="check" size={18} />
      {toast.text}
    </div>
  );
}
