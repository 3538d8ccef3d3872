// SPDX-License-Identifier: Apache-2.0
'use client';
import { VideoClient, type UserObject } from '@confab/client';
import { ConfabProvider, Lobby, VideoCall, useVideoClient } from '@confab/react';
import { useEffect, useState } from 'react';

interface RoomProps {
  serverUrl: string;
  apiKey: string;
}

/** Who are you? Then the lobby, then the call. */
export function Room(props: RoomProps) {
  const [userId, setUserId] = useState('');
  const [ready, setReady] = useState(false); // before this script runs, the browser would send the form to the server, and load the page anew
  useEffect(() => setReady(true), []);
  if (userId) return <Connected {...props} userId={userId} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setUserId(String(new FormData(event.currentTarget).get('userId') ?? '').trim());
      }}
    >
      <label>
        User ID
        <input name="userId" autoComplete="username" required />
      </label>
      <button type="submit" className="cf-button" disabled={!ready}>
        Continue
      </button>
    </form>
  );
}

/** Asks this application's own server, which knows the secret. */
async function fetchToken(userId: string): Promise<string> {
  const answer = await fetch('/api/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ userId }),
  });
  const { token, error } = (await answer.json()) as { token?: string; error?: string };
  if (!token) throw new Error(error ?? 'no token');
  return token;
}

function Connected({ serverUrl, apiKey, userId }: RoomProps & { userId: string }) {
  const [client, setClient] = useState<VideoClient>();
  const [error, setError] = useState('');

  useEffect(() => {
    // 1. create the client, 2. connect the user; the tokenProvider is asked again when a token expires
    const next = new VideoClient({ apiKey, options: { baseURL: serverUrl } });
    let alive = true;
    next.connectUser({ id: userId }, () => fetchToken(userId)).then(
      () => alive && setClient(next),
      (reason: Error) => alive && setError(reason.message),
    );
    return () => {
      alive = false;
      void next.disconnectUser();
    };
  }, [apiKey, serverUrl, userId]);

  if (error) return <p role="alert">{error}</p>;
  if (!client) return <p>Connecting…</p>;
  return (
    <ConfabProvider client={client}>
      <Meeting />
    </ConfabProvider>
  );
}

const EVERYBODY: Pick<UserObject, 'id' | 'name'> = { id: 'everybody', name: 'the others' };

function Meeting() {
  const client = useVideoClient();
  const [joined, setJoined] = useState(false);
  // 3. the call: a handle, no request yet
  const call = client.call('default', 'nextjs-demo');
  if (!joined) return <Lobby call={call} onJoin={() => setJoined(true)} />;
  return <VideoCall callType={call.type} callId={call.id} peer={EVERYBODY} onClose={() => setJoined(false)} />;
}
