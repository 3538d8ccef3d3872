// SPDX-License-Identifier: Apache-2.0
/** A server, a socket and a media session without a network, for tests in Node. */
import { afterEach } from 'node:test';
import type { CallSessionObject, JoinResponse, UserObject } from '../../src/index.ts';
import { ann, callReply, tom } from './coordinator.ts';
import { VideoClient as RealClient, type ClientConfig, type ClientOptions } from '../../src/client.ts';
import type { PreviewTracks } from '../../src/devices/preview.ts';
import { ConfabError, type DeviceKind } from '../../src/errors.ts';
import type { Logger } from '../../src/logger.ts';
import type { ChosenDevices, MediaHandlers, MediaSession, Participant } from '../../src/media/session.ts';
import type { Network } from '../../src/network.ts';
import type { SocketLike } from '../../src/socket.ts';

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

let serial = 0;

const clients: RealClient[] = [];

/** A client that is disconnected after its test, so that no timer keeps the process alive. */
export class VideoClient extends RealClient {
  constructor(config: ClientConfig) {
    super(config);
    clients.push(this);
  }
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnectUser()));
});

/** A token as the server would make it; every one is different. */
export function makeToken(userId: unknown): string {
  return `${base64url({ alg: 'HS256' })}.${base64url({ user_id: userId, n: ++serial })}.c2ln`;
}

function userIdIn(token: string): string {
  return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { user_id: string }).user_id;
}

export { ann, tom } from './coordinator.ts';

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export type Route = (request: { method: string; path: string; token: string; body: Record<string, unknown> }) => Answer;

interface SendFrame {
  request_id: string;
  conversation_id: string;
  message: Record<string, unknown>;
}

export const refuse = (status: number, code: number, message: string): Answer => ({
  status,
  body: { code, status_code: status, message },
});

export class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly sent: { type: string; since?: number; token?: string }[] = [];
  closed = false;

  constructor(
    readonly url: string,
    private readonly server: FakeServer,
  ) {
    setTimeout(() => (server.reachable ? this.onopen?.() : this.end(1006)), 0);
  }
  send(data: string): void {
    const frame = JSON.parse(data) as { type: string; since?: number; token?: string };
    this.sent.push(frame);
    if (frame.type === 'message.send') setTimeout(() => this.server.take(this, frame as unknown as SendFrame), 0);
    if (frame.type === 'connect') setTimeout(() => this.server.welcome(this, frame.token ?? ''), 0);
  }
  close(): void {
    setTimeout(() => this.end(1000), 0);
  }
  emit(event: object): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
  end(code: number): void {
    if (this.closed) return;
    this.closed = true;
    this.onclose?.({ code, reason: '' });
  }
}

/** Answers requests by its routes; expired tokens get code 40 everywhere. */
export class FakeServer {
  reachable = true;
  cursor = 10;
  /** Of connection.ok: which frames it takes. */
  accepts?: string[];
  /** Frames are taken, and not answered. */
  mute = false;
  /** Of an admin's connection.ok. */
  warnings?: object[];
  readonly expired = new Set<string>();
  readonly sockets: FakeSocket[] = [];
  readonly requests: { method: string; path: string; token: string; body: Record<string, unknown> }[] = [];
  readonly routes: Record<string, Route> = {
    'POST /api/v1/call/default/room/join': ({ token }) => ({ status: 200, body: joinResponse(userIdIn(token)) }),
    'POST /api/v1/call/default/room/reject': () => ({ status: 200, body: {} }),
  };

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  fetch = async (url: string, init: RequestInit): Promise<Response> => {
    await Promise.resolve();
    if (!this.reachable) throw new TypeError('fetch failed');
    const path = url.replace('http://test', '');
    const method = init.method ?? 'GET';
    const token = (init.headers as Record<string, string>)['Authorization']?.replace('Bearer ', '') ?? '';
    const body = init.body === undefined || init.body instanceof Blob ? {} : (JSON.parse(init.body as string) as Record<string, unknown>);
    this.requests.push({ method, path, token, body });
    const route = this.routes[`${method} ${path.split('?')[0]}`];
    const answer = this.expired.has(token)
      ? refuse(401, 40, 'The token expired.')
      : (route?.({ method, path, token, body }) ?? refuse(404, 16, 'No such thing.'));
    return new Response(JSON.stringify(answer.body), { status: answer.status, headers: answer.headers ?? {} });
  };

  /** A frame by the rules of the POST's route. A new message's event is the reply, as the server has it. */
  take(socket: FakeSocket, { request_id, conversation_id, message }: SendFrame): void {
    const path = `/api/v1/conversations/${conversation_id}/messages`;
    const { token = '' } = socket.sent.find(({ type }) => type === 'connect') ?? {};
    const answer = this.expired.has(token) ? refuse(401, 40, 'The token expired.') : this.routes[`POST ${path}`]?.({ method: 'SOCKET', path, token, body: message });
    this.requests.push({ method: 'SOCKET', path, token, body: message });
    if (!answer || this.mute || socket.closed) return;
    const { status, body, headers } = answer;
    if (status === 201) socket.emit({ type: 'message.new', cursor: ++this.cursor, conversation_id, ...(body as object), request_id });
    else if (status === 200) socket.emit({ type: 'reply', request_id, status_code: status, ...(body as object) });
    else socket.emit({ type: 'reply', request_id, status_code: status, error: body, ...(headers?.['retry-after'] && { retry_after: Number(headers['retry-after']) }) });
  }

  welcome(socket: FakeSocket, token: string): void {
    if (this.expired.has(token)) {
      const error = { code: 40, status_code: 401, message: 'The token expired.' };
      socket.emit({ type: 'connection.error', error });
      socket.end(4001);
      return;
    }
    const id = userIdIn(token);
    const me = [ann, tom].find((user) => user.id === id) ?? { id, name: id, role: 'user' };
    socket.emit({ type: 'connection.ok', cursor: this.cursor, me, connection_id: 'c1', ...(this.accepts && { accepts: this.accepts }), ...(this.warnings && { warnings: this.warnings }) });
  }
}

export function joinResponse(userId: string): JoinResponse {
  return {
    ...callReply(),
    created: false,
    server_time: new Date().toISOString(),
    credentials: { url: 'ws://test', token: 'media', identity: `${userId}:s1` },
  };
}

/** A track without a device. */
export class FakeTrack extends EventTarget {
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  readonly clones: FakeTrack[] = [];
  stop(): void {
    this.readyState = 'ended';
  }
  clone(): FakeTrack {
    const copy = new FakeTrack();
    copy.enabled = this.enabled;
    this.clones.push(copy);
    return copy;
  }
  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

/** Does what it is told, when it is told; devices can be made to fail or to take their time. */
export class FakeMedia implements MediaSession {
  readonly orders: string[] = [];
  prepared: { camera: boolean; microphone: boolean } | undefined;
  devices: ChosenDevices | undefined;
  takenOver: PreviewTracks | undefined;
  /** What localTrack answers. */
  readonly tracks: Partial<Record<DeviceKind, FakeTrack>> = {};
  disconnected = false;
  receivesVideo = true;
  failing: Partial<Record<DeviceKind, Error>> = {};
  connecting: Promise<void> = Promise.resolve();
  setting: () => Promise<void> = () => Promise.resolve();

  constructor(readonly handlers: MediaHandlers) {}

  prepare(kinds: { camera: boolean; microphone: boolean }, devices: ChosenDevices, open: PreviewTracks): void {
    this.prepared = kinds;
    this.devices = devices;
    this.takenOver = open;
  }
  receiveVideo(on: boolean): void {
    this.receivesVideo = on;
  }
  async face(facing: string): Promise<void> {
    this.orders.push(`camera faces ${facing}`);
  }
  localTrack(kind: DeviceKind): MediaStreamTrack | undefined {
    return this.tracks[kind] as unknown as MediaStreamTrack | undefined;
  }
  async select(kind: 'camera' | 'microphone', deviceId: string): Promise<void> {
    this.orders.push(`${kind} = ${deviceId}`);
    await this.setting();
    const error = this.failing[kind];
    if (error) throw error;
  }
  async connect(): Promise<void> {
    await this.connecting;
    if (this.disconnected) throw new ConfabError('cancelled');
    this.handlers.onParticipants([participant('ann:s1', true)]);
  }
  async disconnect(): Promise<void> {
    this.disconnected = true;
  }
  async set(kind: DeviceKind, on: boolean): Promise<void> {
    this.orders.push(`${kind} ${on ? 'on' : 'off'}`);
    await this.setting();
    const error = this.failing[kind];
    if (error && on) throw error;
  }
}

export function participant(sessionId: string, isLocal = false): Participant {
  const userId = sessionId.split(':')[0] ?? '';
  return {
    sessionId,
    userId,
    name: userId,
    isLocal,
    isMuted: false,
    isSpeaking: false,
    connectionQuality: 'excellent',
    audioTrack: undefined,
    videoTrack: undefined,
    screenShareTrack: undefined,
    screenShareAudioTrack: undefined,
    reaction: undefined,
  };
}

export function session(id: string, ...participants: UserObject[]): CallSessionObject {
  const started_by = participants[0] ?? ann;
  return { cid: 'default:chat-ann', session_id: id, started_at: '2026-11-22T10:00:00.000Z', started_by, participants, participant_count: participants.length };
}

export class FakeNetwork implements Network {
  up = true;
  readonly listeners = new Set<() => void>();
  online = (): boolean => this.up;
  onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  turn(up: boolean): void {
    this.up = up;
    for (const listener of [...this.listeners]) listener();
  }
}

export interface World {
  server: FakeServer;
  media: FakeMedia[];
  network: FakeNetwork;
  lines: string[];
  /** What a preview opened. */
  captured: string[];
  lastTrack: FakeTrack | undefined;
  options: ClientOptions;
  onMedia: (session: FakeMedia) => void;
}

export function makeWorld(): World {
  const server = new FakeServer();
  const media: FakeMedia[] = [];
  const network = new FakeNetwork();
  const lines: string[] = [];
  const write = (...args: unknown[]) => void lines.push(args.map(String).join(' '));
  const logger: Logger = { debug: () => {}, info: write, warn: write, error: write };
  const world: World = {
    server,
    media,
    network,
    lines,
    captured: [],
    lastTrack: undefined,
    onMedia: () => {},
    options: {
      baseURL: 'http://test',
      logger,
      network,
      capture: async (kind, deviceId) => {
        world.captured.push(`${kind} ${deviceId ?? 'any'}`);
        return (world.lastTrack = new FakeTrack()) as unknown as MediaStreamTrack;
      },
      fetch: server.fetch,
      backoff: { base: 1, max: 4, random: () => 0 },
      socket: (url) => {
        const socket = new FakeSocket(url, server);
        server.sockets.push(socket);
        return socket;
      },
      media: async (handlers) => {
        const session = new FakeMedia(handlers);
        media.push(session);
        world.onMedia(session);
        return session;
      },
    },
  };
  return world;
}

/** Waits until `what` holds; fails after a second. */
export async function until(what: () => boolean, why = String(what)): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (what()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`never happened: ${why}`);
}

/** A promise to be settled by hand. */
export function gate(): { promise: Promise<void>; open: () => void } {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}
