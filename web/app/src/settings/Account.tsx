// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { useToast } from '@confab/react';
import { useState, type FormEvent } from 'react';
import * as auth from '../auth.ts';
import { useTexts } from '../texts/index.ts';

/** What others see of one, and the password. */
export function Account({ me, onRenamed }: { me: UserObject; onRenamed: (user: UserObject) => void }) {
  const texts = useTexts();
  return (
    <section aria-labelledby="set-account">
      <h2 id="set-account">{texts.setAccount}</h2>
      <Saved
        submit={texts.saveName}
        done={texts.nameSaved}
        save={async (form) => onRenamed(await auth.rename(String(form.get('name')).trim()))}
      >
        <label>
          {texts.displayName}
          <input name="name" defaultValue={me.name} maxLength={64} autoComplete="name" dir="auto" required />
        </label>
      </Saved>
      <Saved
        submit={texts.savePassword}
        done={texts.passwordSaved}
        refused={texts.passwordRefused}
        save={(form) => auth.changePassword(String(form.get('current')), String(form.get('next')))}
      >
        {/* for password managers: whose password it is */}
        <input type="text" name="username" autoComplete="username" value={me.id} readOnly hidden />
        <label>
          {texts.passwordNow}
          <input name="current" type="password" autoComplete="current-password" required />
        </label>
        <label>
          {texts.passwordNew}
          <input name="next" type="password" autoComplete="new-password" minLength={8} maxLength={1024} required />
        </label>
      </Saved>
    </section>
  );
}

interface SavedProps {
  submit: string;
  done: string;
  /** What a 403 means here. */
  refused?: string;
  save: (form: FormData) => Promise<void>;
  children: React.ReactNode;
}

/** A form that says in a toast that it was saved, and beside itself why it was not. */
function Saved({ submit, done, refused, save, children }: SavedProps) {
  const texts = useTexts();
  const toast = useToast();
  const [error, setError] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setError(undefined);
    try {
      await save(new FormData(form));
      toast(done);
      for (const field of form.querySelectorAll<HTMLInputElement>('input[type="password"]')) field.value = '';
    } catch (reason) {
      const { status, message } = reason instanceof auth.AuthError ? reason : { status: 0, message: '' };
      setError(status === 0 ? texts.serverUnreachable : status === 403 && refused ? refused : status === 429 ? texts.tooManyTries : message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="set-form" onSubmit={(event) => void onSubmit(event)}>
      {children}
      {error && (
        <p className="op-error" role="alert">
          {error}
        </p>
      )}
      <button type="submit" className="cf-button cf-button--quiet" disabled={busy}>
        {submit}
      </button>
    </form>
  );
}
