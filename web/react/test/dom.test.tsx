// SPDX-License-Identifier: Apache-2.0
/** Hooks in components that are mounted, change and go; also with React 18 (web/test.mjs). */
import { body } from './lib/dom.tsx';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StrictMode, act, useEffect, version, type ReactNode } from 'react';
import { callObject, member, ring } from '../../client/test/lib/coordinator.ts';
import { VideoClient, ann, makeToken, makeWorld, participant, tom, until, type World } from '../../client/test/lib/fakes.ts';
import { CallProvider, ConfabProvider, useCalls, useCallStateHooks, useChat, useConnectedUser, useConnectionState, useJoinedCall, useRingingCalls, useToast } from '../src/index.ts';
import { de } from '../src/messages/de.ts';
import { en, type Messages } from '../src/messages/en.ts';

// only now: React looks for a page when it is loaded
const { createRoot } = await import('react-dom/client');

interface Setup extends World {
  client: VideoClient;
  /** What is on the page. */
  text(): string;
  show(node: ReactNode): Promise<void>;
  end(): Promise<void>;
  messages: Messages;
}

async function setUp(): Promise<Setup> {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  await client.connectUser(ann, async () => makeToken('ann'));
  const place = document.createElement('div');
  body.append(place);
  const root = createRoot(place);
  const setup: Setup = Object.assign(world, {
    client,
    messages: en,
    text: () => place.textContent ?? '',
    show: (node: ReactNode) =>
      act(async () =>
        root.render(
          <StrictMode>
            <ConfabProvider client={client} messages={setup.messages}>
              {node}
            </ConfabProvider>
          </StrictMode>,
        ),
      ),
    end: async () => {
      await act(async () => root.unmount());
      place.remove();
    },
  });
  return setup;
}

const settled = (work: () => unknown) => act(async () => void (await work()));

function Everything() {
  const hooks = useCallStateHooks();
  const names = hooks.useRemoteParticipants().map(({ userId }) => userId);
  return (
    <p>
      {[hooks.useCallCallingState(), hooks.useParticipantCount(), names.join('+'), hooks.useOwnCapabilities().length > 0 ? 'may' : 'may not', hooks.useMicrophoneState().isOn ? 'heard' : 'silent'].join(' | ')}
    </p>
  );
}

function Joined({ client }: { client: VideoClient }) {
  const call = client.call('default', 'room');
  const { error } = useJoinedCall(call);
  return (
    <CallProvider call={call}>
      <Everything />
      {error?.message}
    </CallProvider>
  );
}

test(`React ${version}: a call is joined by being shown, followed, and left by going`, async () => {
  const world = await setUp();
  const { client, media } = world;
  await world.show(<Joined client={client} />);
  await settled(() => until(() => client.call('default', 'room').state.callingState === 'joined' && client.call('default', 'room').microphone.state.status === 'enabled'));
  assert.equal(media.filter((one) => !one.disconnected).length, 1, 'strict mode leaves one connection');
  assert.match(world.text(), /^joined \| \d \|  \| may \| heard$/);
  const session = media.at(-1);
  await settled(() => session?.handlers.onParticipants([participant('ann:s1', true), participant('tom:s2')]));
  assert.match(world.text(), /\| tom \|/);
  await settled(() => client.call('default', 'room').microphone.disable());
  assert.match(world.text(), /silent$/);
  await settled(() => session?.handlers.onReconnecting());
  assert.match(world.text(), /^reconnecting/);
  await world.show(<p>elsewhere</p>);
  await settled(() => until(() => client.call('default', 'room').state.callingState === 'left'));
  assert.ok(media.every((one) => one.disconnected));
  await world.end();
});

function Who() {
  const incoming = useRingingCalls('incoming').map(({ cid }) => cid);
  return <p>{[useConnectedUser()?.name ?? 'nobody', useConnectionState(), useCalls().length, incoming.join('+')].join(' | ')}</p>;
}

test('who is connected, and what rings', async () => {
  const world = await setUp();
  const { client, server } = world;
  await world.show(<Who />);
  assert.equal(world.text(), 'Ann | connected | 0 | ');
  const r = ring('r1', tom, { ann: 'ringing' });
  await settled(() => server.socket.emit({ type: 'call.ring', cid: 'default:room', cursor: ++server.cursor, call: callObject(), members: [member(ann), member(tom)], ring: r, user: tom }));
  assert.equal(world.text(), 'Ann | connected | 1 | default:room');
  const over = ring('r1', tom, { ann: 'missed' }, { state: 'ended', outcome: 'cancelled' });
  await settled(() => server.socket.emit({ type: 'call.missed', cid: 'default:room', cursor: ++server.cursor, user: tom, ring: over }));
  assert.equal(world.text(), 'Ann | connected | 1 | ');
  await settled(() => client.disconnectUser());
  assert.equal(world.text(), 'nobody | disconnected | 0 | ');
  await world.end();
});

function Messenger({ client }: { client: VideoClient }) {
  const { state } = useChat(client, ann);
  return <p>{`${state.status} ${[...state.conversations.keys()].join()}`}</p>;
}

test('the messenger is one, however many show it, and is there as long as one of them is', async () => {
  const world = await setUp();
  const { client, server } = world;
  const asked = () => server.requests.filter(({ path }) => path.startsWith('/api/v1/conversations')).length;
  server.routes['GET /api/v1/conversations'] = () => ({ status: 200, body: { conversations: [], online: [], cursor: 10 } });
  await world.show([<Messenger key="a" client={client} />, <Messenger key="b" client={client} />]);
  await settled(() => until(() => world.text() === 'ready ready '));
  const before = asked();
  await world.show([<Messenger key="b" client={client} />]);
  await world.show([<Messenger key="b" client={client} />, <Messenger key="c" client={client} />]);
  assert.equal(world.text(), 'ready ready ');
  assert.equal(asked(), before, 'nothing is fetched again');
  await world.end();
});

let say: ReturnType<typeof useToast>;
function Speaker() {
  const toast = useToast();
  useEffect(() => {
    say = toast;
  });
  return null;
}
const toasts = () => [...body.querySelectorAll('.cf-toast')].map((toast) => toast.textContent);

test('a notice goes with its language, and none comes in one that is not the page’s', async () => {
  const world = await setUp();
  await world.show(<Speaker />);
  await settled(() => say(en.connectedToast));
  assert.deepEqual(toasts(), [en.connectedToast]);
  const late = say;
  world.messages = { ...en }; // the same texts as another object
  await world.show(<Speaker />);
  assert.deepEqual(toasts(), [en.connectedToast]);
  world.messages = de;
  await world.show(<Speaker />);
  assert.deepEqual(toasts(), []);
  await settled(() => late(en.actionFailed, 'problem')); // begun before
  assert.deepEqual(toasts(), []);
  await settled(() => say(de.connectedToast));
  assert.deepEqual(toasts(), [de.connectedToast]);
  world.messages = en;
  await world.show(<Speaker />);
  world.messages = de;
  await world.show(<Speaker />);
  assert.deepEqual(toasts(), [], 'nor does it come back');
  await settled(() => say(de.connectedToast, { label: de.dismiss, act: () => {} }));
  world.messages = en;
  await world.show(<Speaker />);
  assert.deepEqual(toasts(), [de.connectedToast + de.dismiss], 'what can be pressed stays: it is nowhere else');
  await world.end();
});
