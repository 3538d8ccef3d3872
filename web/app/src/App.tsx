// SPDX-License-Identifier: Apache-2.0
import { useLayoutEffect, useRef } from 'react';
import { useDressedDocument } from './Appearance.tsx';
import type { Desk } from './desk.tsx';
import type { HomeProps } from './pages/Home.tsx';
import { SignIn } from './pages/SignIn.tsx';
import { Splash } from './pages/Splash.tsx';
import { Unreachable } from './pages/Unreachable.tsx';
import { useSession } from './session.ts';
import { useTexts } from './texts/index.ts';

/** Nothing of it is React: this and all that it shows is built with Preact in its place (build.mjs). */
export function App() {
  const texts = useTexts();
  const { session, signIn, signOut, lost, gone, reload } = useSession();
  useDressedDocument(session.status !== 'signedIn'); // then the program after sign-in does
  switch (session.status) {
    case 'loading':
      return <Splash />;
    case 'unreachable':
      return <Unreachable hint={texts.serverUnreachable} onRetry={session.page ? () => location.reload() : reload} />;
    case 'signedOut':
      return <SignIn notice={session.notice} onSignIn={signIn} />;
    case 'signedIn':
      return <Place desk={session.desk} user={session.user} onSignOut={() => void signOut()} onLost={lost} onGone={gone} />;
  }
}

/** Where the program after sign-in draws. It gets what is here when it begins: another user is another sign-in. */
function Place({ desk, ...props }: HomeProps & { desk: Desk }) {
  const place = useRef<HTMLDivElement>(null);
  const given = useRef(props);
  useLayoutEffect(() => (place.current ? desk(place.current, given.current) : undefined), [desk]);
  return <div ref={place} className="app-place" />;
}
