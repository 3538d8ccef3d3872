// SPDX-License-Identifier: Apache-2.0
import { Home } from './pages/Home.tsx';
import { Loading } from './pages/Loading.tsx';
import { SignIn } from './pages/SignIn.tsx';
import { Unreachable } from './pages/Unreachable.tsx';
import { useSession } from './session.ts';
import { useTexts } from './texts/index.ts';

export function App() {
  const texts = useTexts();
  const { session, signIn, signOut, lost, reload } = useSession();
  switch (session.status) {
    case 'loading':
      return <Loading />;
    case 'unreachable':
      return <Unreachable hint={texts.serverUnreachable} onRetry={reload} />;
    case 'signedOut':
      return <SignIn notice={session.notice} onSignIn={signIn} />;
    case 'signedIn':
      return <Home user={session.user} onSignOut={() => void signOut()} onLost={lost} />;
  }
}
