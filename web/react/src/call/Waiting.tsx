// SPDX-License-Identifier: Apache-2.0
import type { UserObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { Avatar } from '../ui/Avatar.tsx';

export interface WaitingState {
  /** Said instead of "waiting", for instance that they declined. */
  note: string | undefined;
  /** It rings at the other end. */
  ringing: boolean;
  onRing: () => void;
  /** Back to the conversation, to write. Not offered without it. */
  onWrite?: (() => void) | undefined;
}

interface WaitingProps extends WaitingState {
  peer: Pick<UserObject, 'id' | 'name' | 'image'>;
  /** Whether ringing (again) makes sense. */
  mayRing: boolean;
}

/** In the call, and nobody else is. */
export function Waiting({ peer, note, ringing, mayRing, onRing, onWrite }: WaitingProps) {
  const t = useMessages();
  return (
    <div className="cf-waiting">
      <span className={`cf-waiting__avatar ${ringing || !note ? 'cf-waiting__avatar--pulse' : ''}`}>
        <Avatar user={peer} size="huge" />
      </span>
      <p className="cf-waiting__title" role="status">
        {ringing ? t.calling(peer.name) : (note ?? t.waitingFor(peer.name))}
      </p>
      {ringing && <p className="cf-waiting__hint">{t.waitingHint}</p>}
      {!ringing && mayRing && (
        <div className="cf-waiting__buttons">
          <button type="button" className="cf-button" onClick={onRing}>
            {t.callAgain}
          </button>
          {onWrite && (
            <button type="button" className="cf-button cf-button--quiet" onClick={onWrite}>
              {t.leaveMessage}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
