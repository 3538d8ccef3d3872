// SPDX-License-Identifier: Apache-2.0
import { SignIn } from './pages/SignIn.tsx';
import { Splash } from './pages/Splash.tsx';
import { Unreachable } from './pages/Unreachable.tsx';
import { useSession } from './session.ts';
import { useTexts } from './texts/index.ts';

export function App() {
  const texts = useTexts();
  const { session, signIn, signOut, lost, reload } = useSession();
  switch (session.status) {
    case 'loading':
      return <Splash />;
    case 'unreachable':
      return <Unreachable hint={texts.serverUnreachable} onRetry={session.page ? () => location.reload() : reload} />;
    case 'signedOut':
      return <SignIn notice={session.notice} onSignIn={signIn} />;
    case 'signedIn':
      return <session.Home user={session.user} onSignOut={() => void signOut()} onLost={lost} />;
  }
}
