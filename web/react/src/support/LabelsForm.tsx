// SPDX-License-Identifier: Apache-2.0
import type { LabelObject } from '@confab/client';
import { useState, type FormEvent } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { LabelChip } from './Labels.tsx';
import { useAttempt } from './SupportDesk.tsx';

const FIRST_COLOR = '#0f766e';

/** The labels there are; one line makes a new one or changes the one that was chosen. */
export function LabelsForm({ labels }: { labels: readonly LabelObject[] }) {
  const messages = useMessages();
  const t = messages.support;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [id, setId] = useState<number>();
  const [name, setName] = useState('');
  const [color, setColor] = useState(FIRST_COLOR);
  const choose = (label?: LabelObject) => {
    setId(label?.id);
    setName(label?.name ?? '');
    setColor(label?.color ?? FIRST_COLOR);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(client.support.saveLabel({ id, name: name.trim(), color })).then((done) => done && choose());
  };
  return (
    <section className="cf-desk__section" aria-labelledby="cf-labels">
      <header className="cf-desk__head">
        <h2 id="cf-labels">{t.labels}</h2>
      </header>
      <ul className="cf-desk__list" role="list" aria-label={t.labels}>
        {labels.map((label) => (
          <li key={label.id} className="cf-desk__row">
            <span className="cf-desk__text">
              <LabelChip label={label} />
            </span>
            <IconButton icon="edit" label={t.editItem(label.name)} onClick={() => choose(label)} />
            <IconButton icon="trash" label={t.deleteItem(label.name)} onClick={() => void attempt(client.support.deleteLabel(label.id))} />
          </li>
        ))}
      </ul>
      <form className="cf-desk__line" onSubmit={submit}>
        <label className="cf-field cf-desk__grow">
          {t.labelName}
          <input required maxLength={40} value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label className="cf-field">
          {t.color}
          <input type="color" className="cf-color" value={color} onChange={(event) => setColor(event.target.value)} />
        </label>
        {id !== undefined && (
          <button type="button" className="cf-button cf-button--quiet" onClick={() => choose()}>
            {messages.cancel}
          </button>
        )}
        <button type="submit" className="cf-button">
          {id === undefined ? t.addLabel : messages.save}
        </button>
      </form>
    </section>
  );
}
