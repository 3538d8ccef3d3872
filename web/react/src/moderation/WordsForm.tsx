// SPDX-License-Identifier: Apache-2.0
import type { WordsObject } from '@confab/client';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useComebacks } from '../hooks/useComebacks.ts';
import { useAttempt } from '../support/SupportDesk.tsx';

const KINDS = ['refuse', 'report'] as const;

/** Words that are refused, and words that the team is told of. */
export function WordsForm() {
  const messages = useMessages();
  const t = messages.moderation;
  const client = useVideoClient();
  const attempt = useAttempt();
  const [texts, setTexts] = useState<Record<keyof WordsObject, string>>();
  const changed = useRef(false);
  const comebacks = useComebacks();
  useEffect(() => {
    let current = true;
    // what is being written here stays when a colleague saves another list
    const show = ({ refuse, report }: WordsObject) => {
      if (current && !changed.current) setTexts({ refuse: refuse.join(' '), report: report.join(' ') });
    };
    client.moderation.words().then(show, () => {});
    const stop = client.on('words.updated', show);
    return () => {
      current = false;
      stop();
    };
  }, [client, comebacks]);
  if (!texts) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const save = client.moderation.setWords({ refuse: wordsOf(texts.refuse), report: wordsOf(texts.report) });
    void attempt(save, messages.support.saved).then((done) => {
      if (done) changed.current = false;
    });
  };
  return (
    <section className="cf-desk__section" aria-labelledby="cf-words">
      <header className="cf-desk__head">
        <h2 id="cf-words">{t.words}</h2>
      </header>
      <form className="cf-form" onSubmit={submit}>
        <p className="cf-desk__hint">{t.wordsHint}</p>
        {KINDS.map((kind) => (
          <label key={kind} className="cf-field">
            {t.wordsOf[kind]}
            <textarea
              rows={3}
              dir="auto"
              autoCapitalize="none"
              spellCheck={false}
              value={texts[kind]}
              onChange={(event) => {
                changed.current = true;
                setTexts({ ...texts, [kind]: event.target.value });
              }}
            />
          </label>
        ))}
        <div className="cf-form__buttons">
          <button type="submit" className="cf-button">
            {messages.save}
          </button>
        </div>
      </form>
    </section>
  );
}

/** Blanks, commas and lines part them, also the commas of Arabic. */
const wordsOf = (text: string): string[] => text.split(/[\s,;،؛]+/).filter((word) => word !== '');
