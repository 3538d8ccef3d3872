// SPDX-License-Identifier: Apache-2.0
/** What an operator sees: who is in which call right now and how well, and the calls of the past. For admins only. */
import type { Rest } from './rest.ts';
import type { UserObject } from './contract.ts';
import type { CallCardObject } from './call/coordinator.ts';

export interface OperatorTrack {
  sid: string;
  source: string;
  muted: boolean;
}

export interface OperatorParticipant {
  user: UserObject;
  identity: string;
  quality: 'excellent' | 'good' | 'poor' | 'lost' | null;
  /** 0 to 100. */
  score: number | null;
  /** False while their connection is away and may come back. */
  connected: boolean;
  tracks: OperatorTrack[];
  /** Bits per second, shares and milliseconds; where the server measures them. */
  up_bps?: number;
  down_bps?: number;
  loss?: number;
  rtt_ms?: number;
  jitter_ms?: number;
}

export interface OperatorCall {
  cid: string;
  session_id: string;
  conversation_id?: string;
  started_at: string;
  participants: OperatorParticipant[];
}

export class OperatorApi {
  constructor(private readonly context: { ready(): Promise<void>; rest: Rest }) {}

  /** Every call that somebody is in. Rejects with code 17 for who is no admin. */
  async calls(): Promise<OperatorCall[]> {
    await this.context.ready();
    return (await this.context.rest.get<{ calls: OperatorCall[] }>('/api/v1/operator/calls')).calls;
  }

  /** Calls of the past, the latest first; of one conversation, or of all. */
  async history(query: { conversation?: string; limit?: number } = {}): Promise<CallCardObject[]> {
    await this.context.ready();
    const params = new URLSearchParams({ limit: String(query.limit ?? 50) });
    if (query.conversation !== undefined) params.set('conversation', query.conversation);
    return (await this.context.rest.get<{ cards: CallCardObject[] }>(`/api/v1/operator/history?${params}`)).cards;
  }
}
