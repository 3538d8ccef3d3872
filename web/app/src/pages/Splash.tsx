// SPDX-License-Identifier: Apache-2.0
import { Logo } from '../Logo.tsx';
import { useTexts } from '../texts/index.ts';

/** Until it is known who is here: the same picture as in index.html, so that nothing moves when the program takes over. */
export function Splash() {
  const texts = useTexts();
  return (
    <div className="app-splash" role="status" aria-label={texts.loading}>
      <Logo size={64} />
    </div>
  );
}
