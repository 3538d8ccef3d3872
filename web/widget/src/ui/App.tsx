/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { badge } from '@confab/react/plain';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './Icon.tsx';
import { Panel } from './Panel.tsx';
import { useAround, useWidgetState } from './context.ts';
import { useLoaded } from './load.ts';

/** The round button, the chat over it, and the call over the page. */
export function App() {
  const { widget, t } = useAround();
  const { open, person, unread, active, ringing, ended, connected } = useWidgetState();
  const launcher = useRef<HTMLButtonElement>(null);
  const before = useRef(person);
  useEffect(() => void (before.current = person), [person]);
  const inCall = active !== undefined || ringing !== undefined;
  // what shows calls is fetched when there is one; the media code after that, when it is joined
  const layer = useLoaded(inCall, async () => (await import('../call/CallLayer.tsx')).load(t), () => widget.failCall());
  const asking = useLoaded(ended !== undefined, () => import('../asking/asking.ts'), () => widget.endAfter());
  const after = ended && connected && asking && <asking.AfterCall key={ended.call.cid} ended={ended} connected={connected} over={!open} />;

  const close = () => {
    widget.close();
    launcher.current?.focus();
  };
  return (
    <div class={`root ${open ? 'is-open' : ''} ${active ? 'in-call' : ''}`}>
      {open ? <Panel key={person} quiet={before.current !== person} onClose={close} after={after} /> : after}
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
      {inCall && layer && <layer.Layer />}
    </div>
  );
}
