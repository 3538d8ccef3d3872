// SPDX-License-Identifier: Apache-2.0
/** Every component renders where there is no window: on the server of a Next.js app. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VideoClient, type UserObject } from '@confab/client';
import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { AdminChat, CallProvider, ConfabProvider, IncomingCall, Lobby, OutgoingCall, UserChat, VideoCall, useCallStateHooks } from '../src/index.ts';

const ann: UserObject = { id: 'ann', name: 'Ann', role: 'user' };
const client = new VideoClient({ apiKey: 'key' });
const call = client.call('default', 'room');
const nothing = () => {};

function render(node: ReactNode): string {
  return renderToString(<ConfabProvider client={client}>{node}</ConfabProvider>);
}

test('nothing of a browser is here', () => {
  assert.equal(typeof window, 'undefined');
  assert.equal(typeof document, 'undefined');
});

test('the messenger and the lobby', () => {
  assert.match(render(<UserChat me={ann} />), /Support/);
  assert.match(render(<AdminChat me={{ ...ann, role: 'admin' }} />), /Conversations/);
  assert.match(render(<Lobby call={call} onJoin={nothing} />), /Ready to join\?/);

});

test('what stands over the page is not there yet', () => {
  assert.equal(render(<VideoCall callType="default" callId="room" peer={ann} onClose={nothing} />).includes('dialog'), false);
  assert.equal(render(<IncomingCall from={ann} onAccept={nothing} onDecline={nothing} />).includes('dialog'), false);
  assert.equal(render(<OutgoingCall call={call} peer={ann} onJoined={nothing} onClose={nothing} />).includes('dialog'), false);
});

function AllHooks() {
  const hooks = useCallStateHooks();
  return (
    <ul>
      {[
        hooks.useCallCallingState(),
        hooks.useParticipants().length,
        hooks.useLocalParticipant()?.name ?? 'nobody',
        hooks.useRemoteParticipants().length,
        hooks.useParticipantCount(),
        hooks.useCallMembers().length,
        hooks.useCallSession()?.cid ?? 'no session',
        hooks.useCallSettings() ? 'settings' : 'no settings',
        JSON.stringify(hooks.useCallCustomData()),
        String(hooks.useIsCallLive()),
        String(hooks.useCallRing()),
        hooks.useOwnCapabilities().length,
        String(hooks.useHasPermissions('send-audio')),
        hooks.usePermissionRequests().length,
        String(hooks.useCallJoinedAt()),
        String(hooks.useCameraState().isOn),
        String(hooks.useMicrophoneState().isSpeakingWhileMuted),
        String(hooks.useScreenShareState().isOn),
        hooks.useSpeakerState().volume,
      ].join(' | ')}
    </ul>
  );
}

test('every hook of useCallStateHooks', () => {
  const html = render(
    <CallProvider call={call}>
      <AllHooks />
    </CallProvider>,
  );
  const expected = 'unknown | 0 | nobody | 0 | 0 | 0 | no session | no settings | {} | true | null | 0 | false | 0 | undefined | false | false | false | 1';
  assert.equal(html.replace(/<[^>]*>|&quot;/g, '').trim().slice(0, expected.length), expected);
});

test('outside of their providers, hooks say what is missing', () => {
  const warn = console.error;
  console.error = nothing;
  try {
    assert.throws(() => render(<AllHooks />), /CallProvider/);
    assert.throws(() => renderToString(<Lobby call={call} onJoin={nothing} />), /ConfabProvider/);
  } finally {
    console.error = warn;
  }
});
