// SPDX-License-Identifier: Apache-2.0
import type { Typer } from '@confab/client';
import { useMessages } from '../context.tsx';

/** Who is writing. The place is always there, so that nothing jumps. */
export function TypingLine({ typers }: { typers: readonly Typer[] }) {
  const t = useMessages();
  return (
    <p className="cf-typing" role="status">
      {typers.length > 0 && (
        <>
          <span className="cf-typing__dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t.isTyping(typers.map((typer) => typer.user.name))}
        </>
      )}
    </p>
  );
}
