// SPDX-License-Identifier: Apache-2.0
import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { MessagesContext } from '../messages/context.ts';
import type { Messages } from '../messages/en.ts';
import { Icon } from './Icon.tsx';

const SHOWN_MS = 5000;
const SHOWN_PROBLEM_MS = 8000;
/** With something to press: who finds it late must still reach it. */
const SHOWN_WITH_DEED_MS = 12_000;

/** What can be done about a notice, such as undoing it. */
export interface ToastDeed {
  label: string;
  act: () => void;
}

interface Toast {
  id: number;
  text: string;
  deed?: ToastDeed | undefined;
  problem: boolean;
  /** The language of the text. */
  language: string;
}

type ShowToast = (text: string, how?: ToastDeed | 'problem') => void;

const ToastContext = createContext<(language: string, ...toast: Parameters<ShowToast>) => void>(() => {});

/** What tells languages apart, also when their texts come as a new object each time. */
const languageOf = (t: Messages): string => `${t.locale} ${t.dismiss}`;

/**
 * Shows a short notice for five seconds, above everything, also above dialogs; with a deed for twelve, and as long as the pointer or
 * the focus is on it. 'problem': something did not work, which takes longer to read. In another language than the page's it is not
 * shown, and when that changes, it goes; but for one with a deed, which cannot be reached without it.
 */
export function useToast(): ShowToast {
  const show = useContext(ToastContext);
  const language = languageOf(useContext(MessagesContext));
  return useCallback((...toast) => show(language, ...toast), [show, language]);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const language = languageOf(useContext(MessagesContext));
  const now = useRef(language);
  now.current = language;
  useEffect(() => setToasts((list) => list.filter((toast) => toast.deed || toast.language === language)), [language]);
  const show = useCallback((spoken: string, text: string, how?: ToastDeed | 'problem') => {
    const problem = how === 'problem';
    const deed = problem ? undefined : how;
    if (spoken !== now.current && !deed) return; // begun before the language changed
    // the same notice twice would only push the first one away
    setToasts((list) => [...list.filter((toast) => toast.text !== text), { id: Math.random(), text, deed, problem, language: spoken }].slice(-3));
  }, []);
  const remove = useCallback((id: number) => setToasts((list) => list.filter((toast) => toast.id !== id)), []);
  return (
    <ToastContext.Provider value={show}>
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
    </ToastContext.Provider>
  );
}

function ToastView({ toast: { id, text, deed, problem }, onDone }: { toast: Toast; onDone: (id: number) => void }) {
  const [held, setHeld] = useState(false);
  const shown = deed ? SHOWN_WITH_DEED_MS : problem ? SHOWN_PROBLEM_MS : SHOWN_MS;
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => onDone(id), shown);
    return () => clearTimeout(timer);
  }, [id, shown, held, onDone]);
  return (
    <div className={`cf-toast ${deed ? 'cf-toast--deed' : ''} ${problem ? 'cf-toast--problem' : ''}`} role="status" aria-label={text}>
      <Icon name={problem ? 'alert' : 'check'} size={18} />
      {text}
      {deed && (
        <button
          type="button"
          className="cf-toast__deed"
          onPointerEnter={() => setHeld(true)}
          onPointerLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
          onClick={() => {
            onDone(id);
            deed.act();
          }}
        >
          {deed.label}
        </button>
      )}
    </div>
  );
}
