// SPDX-License-Identifier: Apache-2.0
/** The team's name in calls: the catalogue's, of another language when that is chosen while a call is on screen. */
import type { UserObject } from '@confab/client';
import type { Messages } from '../messages/en.ts';
import { TEAM_ID } from '../ui/teamId.ts';

export type Peer = Pick<UserObject, 'id' | 'name' | 'image'>;

/** `name`: the application's own. */
export const teamOf = (t: Pick<Messages, 'supportTeam'>, name = t.supportTeam): Peer => ({ id: TEAM_ID, name });

/** To be kept: without the catalogue's name. */
export const toKeep = (peer: Peer, t: Pick<Messages, 'supportTeam'>): Peer => (peer.id === TEAM_ID && peer.name === t.supportTeam ? teamOf(t, '') : peer);

/** To be shown. */
export const toShow = (kept: Peer, t: Pick<Messages, 'supportTeam'>): Peer => (kept.id === TEAM_ID && kept.name === '' ? teamOf(t) : kept);
