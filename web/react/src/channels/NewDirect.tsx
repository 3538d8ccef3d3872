// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { moveByArrow } from '../chat/moveByArrow.ts';
import { useMessages } from '../context.tsx';
import { useDesk } from '../support/DeskContext.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Person } from './Person.tsx';

/** Whom to write to. Who has been written with already leads to what was said. */
export function NewDirect({ onBegun, onClose }: { onBegun: (id: string) => void; onClose: () => void }) {
  const t = useMessages().channels;
  const { chat, state, desk, attempt } = useDesk();
  const [busy, setBusy] = useState(false);
  const colleagues = desk.team.filter(({ id }) => id !== state.me.id);
  const begin = (id: string) => {
    setBusy(true);
    void attempt(chat.startDirect(id).then(onBegun)).then(() => setBusy(false));
  };
  return (
    <Dialog title={t.whom} onClose={onClose}>
      {colleagues.length === 0 && <p className="cf-people__none">{t.nobodyElse}</p>}
      <ul className="cf-people" role="list" aria-label={t.colleagues} onKeyDown={moveByArrow}>
        {colleagues.map((user) => (
          <li key={user.id}>
            <button type="button" className="cf-person" disabled={busy} onClick={() => begin(user.id)}>
              <Person user={user} online={state.online.has(user.id)} />
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
