// SPDX-License-Identifier: Apache-2.0
import type { Call } from '@confab/client';
import { useMessages } from '../context.tsx';
import { useObservable } from '../hooks/useObservable.ts';
import { Icon } from '../ui/Icon.tsx';

/** "You are muted", while the muted person speaks. */
export function MutedNotice({ call }: { call: Call }) {
  const t = useMessages();
  const speaking = useObservable(call.microphone.state.speakingWhileMuted$);
  return (
    <div className="cf-muted-notice" role="status">
      {speaking && (
        <p className="cf-call__banner">
          <Icon name="micOff" size={18} /> {t.youAreMuted}
        </p>
      )}
    </div>
  );
}
