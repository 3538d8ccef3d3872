// SPDX-License-Identifier: Apache-2.0
import { banNotice } from '@confab/client';
import { Icon, IconButton, localeOf } from '@confab/react/ui';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { AuthError } from '../auth.ts';
import { loadHome } from '../home.ts';
import { Logo } from '../Logo.tsx';
import type { Notice } from '../session.ts';
import { useWords } from '../texts/index.ts';
import { LanguagePicker } from './LanguagePicker.tsx';

interface SignInProps {
  /** Why one has to sign in. */
  notice: Notice;
  onSignIn: (userId: string, password: string) => Promise<void>;
}

export function SignIn({ notice, onSignIn }: SignInProps) {
  const { language, texts } = useWords();
  const [error, setError] = useState<Problem | undefined>(notice);
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  const say = (problem: Problem): string => {
    if (typeof problem === 'string') return texts[problem];
    if ('message' in problem) return problem.message;
    const time = new Intl.DateTimeFormat(localeOf(language, navigator.languages), { dateStyle: 'medium', timeStyle: 'short' });
    return texts.banned(problem.until && time.format(problem.until), problem.reason);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const userId = String(form.get('userId') ?? '').trim();
    const password = String(form.get('password') ?? '');
    if (userId === '' || password === '') return setError('missingFields');
    setBusy(true);
    setError(undefined);
    try {
      await onSignIn(userId, password);
    } catch (reason) {
      setError(banNotice(reason) ?? describe(reason));
      setBusy(false);
    }
  };

  return (
    <main className="app-signin">
      <form className="app-signin__card" onSubmit={(event) => void submit(event)} onInput={prepare} noValidate>
        <p className="app-signin__brand">
          <Logo size={40} /> {texts.product}
        </p>
        <h1>{texts.signInTitle}</h1>
        <p className="app-signin__hint">{texts.signInHint}</p>
        {error && (
          <p className="app-signin__error" role="alert" id="signin-error">
            <Icon name="alert" size={18} /> {say(error)}
          </p>
        )}
        <label>
          {texts.userId}
          <input
            ref={field}
            name="userId"
            autoComplete="username"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            aria-describedby={error ? 'signin-error' : undefined}
          />
        </label>
        <label>
          {texts.password}
          <span className="app-signin__secret">
            <input name="password" type={shown ? 'text' : 'password'} autoComplete="current-password" autoCapitalize="none" spellCheck={false} />
            <IconButton icon="eye" label={texts.showSecret} aria-pressed={shown} onClick={() => setShown(!shown)} />
          </span>
        </label>
        <button type="submit" className="cf-button cf-button--wide" disabled={busy}>
          {busy ? texts.signingIn : texts.signIn}
        </button>
      </form>
      <LanguagePicker />
    </main>
  );
}

/** Whoever writes a name will want the messenger. */
function prepare(): void {
  loadHome().catch(() => {}); // signing in asks again, and says so
}

/** One of our texts, or what the server said, in its words. */
type Problem = Exclude<Notice, undefined> | 'missingFields' | 'serverUnreachable' | 'wrongPassword' | 'tooManyTries' | { message: string };

function describe(reason: unknown): Problem {
  if (!(reason instanceof AuthError) || reason.status === 0) return 'serverUnreachable';
  if (reason.status === 401) return 'wrongPassword';
  if (reason.status === 429) return 'tooManyTries';
  return reason.message ? { message: reason.message } : 'serverUnreachable';
}
