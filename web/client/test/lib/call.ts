// SPDX-License-Identifier: Apache-2.0
import { VideoClient, ann, makeToken, makeWorld, type World } from './fakes.ts';
import type { Call } from '../../src/index.ts';

/** A client that is connected, and a call of its own, not joined yet; `states` is what the call has been. */
export async function setUp(): Promise<World & { client: VideoClient; call: Call; states: string[] }> {
  const world = makeWorld();
  const client = new VideoClient({ apiKey: 'key', options: world.options });
  await client.connectUser(ann, async () => makeToken('ann'));
  const call = client.call('default', 'room');
  const states: string[] = [];
  call.state.callingState$.subscribe((state) => states.push(state));
  return Object.assign(world, { client, call, states });
}
