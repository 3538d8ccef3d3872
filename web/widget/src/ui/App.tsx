/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { badge } from '@confab/react/plain';
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './Icon.tsx';
import { Panel } from './Panel.tsx';
import { useAround, useWidgetState } from './context.ts';

/** The round button, the chat over it, and the call over the page. */
export function App() {
  const { widget, t } = useAround();
  const { open, unread, active, ringing } = useWidgetState();
  const launcher = useRef<HTMLButtonElement>(null);
  const inCall = active !== undefined || ringing !== undefined;
  const CallLayer = useCallLayer(inCall);

  const close = () => {
    widget.close();
    launcher.current?.focus();
  };
  return (
    <div class={`root ${open ? 'is-open' : ''} ${active ? 'in-call' : ''}`}>
      {open && <Panel onClose={close} />}
      {widget.settings.launcher && (
        <button
          ref={launcher}
          type="button"
          class="launcher"
          aria-label={open ? t.closeChat : unread > 0 ? t.openChatUnread(unread) : t.openChat}
          aria-expanded={open}
          onClick={() => (open ? close() : widget.open())}
        >
          <Icon name={open ? 'down' : 'chat'} size={28} />
          {unread > 0 && !open && (
            <span class="badge" aria-hidden="true">
              {badge(unread, t)}
            </span>
          )}
        </button>
      )}
      {/* said when it changes, also while the chat is closed */}
      <p class="hidden" role="status">
        {!open && unread > 0 ? t.newMessages(unread) : ''}
      </p>
      {inCall && CallLayer && <CallLayer />}
    </div>
  );
}

/** What shows calls is fetched when there is one; the media code after that, when it is joined. */
function useCallLayer(wanted: boolean): ComponentType | undefined {
  const { widget } = useAround();
  const [layer, setLayer] = useState<{ Layer: ComponentType } | undefined>();
  useEffect(() => {
    if (!wanted || layer) return;
    import('../call/CallLayer.tsx').then(
      ({ CallLayer }) => setLayer({ Layer: CallLayer }),
      (error: unknown) => {
        console.warn('Confab: the call could not be loaded.', error);
        widget.failCall();
      },
    );
  }, [wanted, layer, widget]);
  return layer?.Layer;
}
