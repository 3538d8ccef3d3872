// SPDX-License-Identifier: Apache-2.0
import type { ServerWarningObject } from '@confab/client';
import { Icon, useObservable, useVideoClient } from '@confab/react';
import { useMessages, useTexts } from '../texts/index.ts';
import { OPERATOR } from '../useRoute.ts';

/** Above every page of the team: what the server cannot do now, or soon, and what helps. Empty as long as all is well. */
export function ServerWarnings() {
  const { warn } = useTexts();
  const warnings = useObservable(useVideoClient().operator.warnings$);
  return (
    // always there: a live region speaks only when it was there before its text
    <div className="app-warnings" aria-live="polite">
      {warnings.map((warning) => (
        <div key={warning.kind} className="app-warning">
          <Icon name="alert" size={20} />
          <p>
            <Words warning={warning} /> <a href={OPERATOR}>{warn.look}</a>
          </p>
        </div>
      ))}
    </div>
  );
}

function Words({ warning }: { warning: ServerWarningObject }) {
  const { warn } = useTexts();
  const { locale } = useMessages();
  if (warning.kind === 'certificate_failed') return <>{warn.certificateFailed(warning.cause ?? '')}</>;
  if (warning.kind !== 'certificate_ends') return <>{warn[warning.kind]}</>;
  const ends = Date.parse(warning.ends_at ?? '');
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(ends);
  return <>{ends > Date.now() ? warn.certificateEnds(date) : warn.certificateEnded(date)}</>;
}
