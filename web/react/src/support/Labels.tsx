// SPDX-License-Identifier: Apache-2.0
import type { ConversationObject, LabelObject } from '@confab/client';
import { useRef, useState, type CSSProperties, type KeyboardEvent } from 'react';
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useDesk } from './DeskContext.tsx';

export function LabelChip({ label }: { label: LabelObject }) {
  return (
    <span className="cf-label" title={label.name} style={{ '--label': label.color } as CSSProperties}>
      <span className="cf-label__dot" />
      <bdi>{label.name}</bdi>
    </span>
  );
}

/** The labels of a conversation, and a list to put them on and take them away. */
export function Labels({ conversation }: { conversation: ConversationObject }) {
  const t = useMessages().support;
  const { chat, desk, attempt } = useDesk();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const on = conversation.support.labels ?? [];
  const toggle = (id: number) => {
    void attempt(chat.changeSupport(conversation.id, on.includes(id) ? { removeLabels: [id] } : { addLabels: [id] })); // a colleague's stay
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div
      ref={box}
      className="cf-labels"
      onKeyDown={onKeyDown}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}
    >
      {desk.labels.filter(({ id }) => on.includes(id)).map((label) => (
        <LabelChip key={label.id} label={label} />
      ))}
      <button ref={button} type="button" className="cf-chip" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="tag" size={16} />
        <span className="cf-chip__word">{t.labels}</span>
      </button>
      {open && (
        <div className="cf-popup" role="group" aria-label={t.labels}>
          {desk.labels.length === 0 && <p className="cf-popup__empty">{t.noLabels}</p>}
          {desk.labels.map((label) => (
            <label key={label.id} className="cf-popup__item">
              <input type="checkbox" checked={on.includes(label.id)} onChange={() => toggle(label.id)} />
              <LabelChip label={label} />
            </label>
          ))}
        </div>
      )}
    </div>
  );
}
