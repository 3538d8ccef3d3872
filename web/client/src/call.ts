// SPDX-License-Identifier: Apache-2.0
/** A handle on one call: local until it is asked to do something, released by `leave`, and good for joining again. */
import { CallState, CallStores, CallingState } from './call-state.ts';
import type { CallEventType, CallResponse, JoinResponse, ServerEvents } from './contract.ts';
import { DeviceManager } from './device-manager.ts';
import type { Emitter } from './emitter.ts';
import { ConfabError, ErrorCode, toConfabError } from './errors.ts';
import type { Logger } from './logger.ts';
import type { MediaFactory, MediaHandlers, MediaSession } from './media/session.ts';
import type { Network } from './network.ts';
import { Rejoin } from './rejoin.ts';
import type { Rest } from './rest.ts';
import type { Backoff } from './socket.ts';

/** @internal What the client lends its calls. */
export interface CallContext {
  /** Resolves when the user is connected; rejects with the well-known text when nobody is connecting. */
  ready(): Promise<void>;
  rest: Rest;
  events: Emitter<ServerEvents>;
  media: MediaFactory;
  network: Network;
  log: Logger;
  backoff: Backoff;
}

export interface JoinOptions {
  /** Make the call when it does not exist. Without it, joining an unknown call rejects with code 16. */
  create?: boolean;
}

export class Call {
  /** `type:id`, the name of the call everywhere. */
  readonly cid: string;
  readonly state: CallState;
  readonly camera: DeviceManager;
  readonly microphone: DeviceManager;
  readonly screenShare: DeviceManager;

  readonly #stores = new CallStores();
  #joining: Promise<void> | undefined;
  /** Grows with every join and leave: work that finds it changed is no longer wanted. */
  #attempt = 0;
  #session: MediaSession | undefined;
  #rejoin: Rejoin | undefined;
  #create = false;
  #timeoutSeconds = 0;

  /** @internal Use `client.call(type, id)`. */
  constructor(
    readonly type: string,
    readonly id: string,
    private readonly context: CallContext,
  ) {
    this.cid = `${type}:${id}`;
    this.state = new CallState(this.#stores);
    this.camera = new DeviceManager('camera', context.log);
    this.microphone = new DeviceManager('microphone', context.log);
    this.screenShare = new DeviceManager('screenShare', context.log);
  }

  /** @internal An event with this call's cid. */
  handleEvent(event: ServerEvents[CallEventType]): void {
    if ('state' in event) this.#stores.session.set(event.state);
    if (event.type === 'call.session_ended') this.#stores.session.set(null);
  }

  /** Loads the call. Rejects with code 16 when it does not exist. */
  get(): Promise<CallResponse> {
    return this.#load((path) => this.context.rest.get<CallResponse>(path));
  }

  /** Loads the call, making it when it does not exist. */
  getOrCreate(): Promise<CallResponse> {
    return this.#load((path) => this.context.rest.post<CallResponse>(path, {}));
  }

  /**
   * Enters the call: resolves when media can flow. Camera and microphone start on their own and never keep the call
   * from being joined: see their `state.error`. Twice at once is one join; joined already, it resolves.
   * Rejects with ConfabError and goes back to IDLE when refused; rejects when `leave` comes in between.
   */
  join(options: JoinOptions = {}): Promise<void> {
    if (this.#joining) return this.#joining;
    const now = this.state.callingState;
    if (this.#session && (now === CallingState.JOINED || now === CallingState.RECONNECTING)) return Promise.resolve();
    this.#stopRejoin();
    const attempt = ++this.#attempt;
    const joining: Promise<void> = this.#join(attempt, options.create === true).finally(() => {
      if (this.#joining === joining) this.#joining = undefined;
    });
    this.#joining = joining;
    return joining;
  }

  /** Leaves, and turns every device off. Wins over a join that is under way. On a left call it does nothing. */
  async leave(): Promise<void> {
    const wasIn = this.state.callingState !== CallingState.IDLE && this.state.callingState !== CallingState.LEFT;
    this.#attempt++;
    this.#joining = undefined;
    this.#stopRejoin();
    this.#stores.callingState.set(CallingState.LEFT);
    await this.#release(false);
    if (wasIn) this.context.log.info('Video call left');
  }

  /** Declines: stops the incoming call on the user's other tabs too. */
  async reject(reason = 'decline'): Promise<void> {
    await this.context.ready();
    await this.context.rest.post(`${this.#path}/reject`, { reason });
  }

  /** How long to try to come back after media was lost, in seconds. 0, the default: for ever. */
  setDisconnectionTimeout(seconds: number): void {
    this.#timeoutSeconds = Math.max(0, seconds);
  }

  /** Events of this call. Returns the way to stop listening. */
  on<K extends CallEventType>(type: K, listener: (event: ServerEvents[K]) => void): () => void {
    return this.context.events.on(type, (event) => {
      if (event.cid === this.cid) listener(event);
    });
  }

  get #path(): string {
    return `/api/v1/call/${encodeURIComponent(this.type)}/${encodeURIComponent(this.id)}`;
  }

  async #load(request: (path: string) => Promise<CallResponse>): Promise<CallResponse> {
    await this.context.ready();
    const response = await request(this.#path);
    this.#stores.session.set(response.state);
    return response;
  }

  async #join(attempt: number, create: boolean): Promise<void> {
    this.#stores.callingState.set(CallingState.JOINING);
    this.camera.intend(true);
    this.microphone.intend(true);
    try {
      await this.context.ready();
      this.#wanted(attempt);
      await this.#connect(attempt, create);
    } catch (cause) {
      this.#wanted(attempt); // leave() came in between, and has tidied up
      await this.#release(true);
      if (attempt === this.#attempt) this.#stores.callingState.set(CallingState.IDLE);
      throw toConfabError(cause, 'The call could not be joined');
    }
    this.#create = create;
    this.#stores.joinedAt.set(Date.now());
    this.#stores.callingState.set(CallingState.JOINED);
    this.context.log.info('Video call joined');
  }

  /** Asks for credentials and connects the media, everything that can be at the same time. */
  async #connect(attempt: number, create: boolean): Promise<void> {
    const camera = this.camera.intend(true);
    const microphone = this.microphone.intend(true);
    const asked = this.context.rest.post<JoinResponse>(`${this.#path}/join`, { create });
    asked.catch(() => {}); // awaited below; must not count as unhandled while the media code loads
    const session = await this.context.media(this.#handlers(attempt));
    if (attempt !== this.#attempt) {
      await session.disconnect();
      this.#wanted(attempt);
    }
    this.#session = session;
    const { credentials, own_capabilities } = await asked;
    this.#wanted(attempt);
    // only now: a call that is refused must not have asked for the camera
    const devices = { camera: this.camera.state.selectedDevice, microphone: this.microphone.state.selectedDevice };
    session.prepare({ camera, microphone }, devices);
    await session.connect(credentials.url, credentials.token);
    this.#wanted(attempt);
    this.#stores.ownCapabilities.set(own_capabilities);
    this.camera.attach(session, devices.camera);
    this.microphone.attach(session, devices.microphone);
    this.screenShare.attach(session);
  }

  #wanted(attempt: number): void {
    if (attempt !== this.#attempt) throw new ConfabError('The call was left while it was being joined.');
  }

  #handlers(attempt: number): MediaHandlers {
    const ours = () => attempt === this.#attempt;
    return {
      onParticipants: (list) => ours() && this.#stores.participants.set(list),
      onReconnecting: () => {
        if (!ours() || this.state.callingState !== CallingState.JOINED) return;
        this.#stores.callingState.set(this.context.network.online() ? CallingState.RECONNECTING : CallingState.OFFLINE);
      },
      onReconnected: () => ours() && !this.#joining && this.#stores.callingState.set(CallingState.JOINED),
      onEnded: (end) => {
        if (!ours() || this.#joining) return; // a join that fails says so itself
        if (end === 'removed') void this.leave();
        else this.#comeBack();
      },
      onDevice: (kind, on) => ours() && this[kind].changed(on),
    };
  }

  /** The media server gave up on us, or we on it: join anew until it works, keeping what was switched on. */
  #comeBack(): void {
    if (this.#rejoin) return;
    const attempt = ++this.#attempt;
    this.screenShare.disable().catch(() => {}); // a new picture of the screen needs the person's click
    void this.#release(true);
    this.#rejoin = new Rejoin({
      network: this.context.network,
      backoff: this.context.backoff,
      timeoutMs: this.#timeoutSeconds * 1000,
      onOffline: () => this.#stores.callingState.set(CallingState.OFFLINE),
      onTrying: () => this.#stores.callingState.set(CallingState.RECONNECTING),
      attempt: async () => {
        try {
          await this.context.ready();
          await this.#connect(attempt, this.#create);
          return 'done';
        } catch (error) {
          if (attempt !== this.#attempt) return 'stop';
          this.context.log.debug('Rejoining failed', error);
          await this.#release(true);
          return error instanceof ConfabError && error.unrecoverable ? 'stop' : 'again';
        }
      },
      onEnd: (done) => {
        if (attempt !== this.#attempt) return;
        this.#rejoin = undefined;
        this.#stores.callingState.set(done ? CallingState.JOINED : CallingState.RECONNECTING_FAILED);
      },
    });
    this.#rejoin.start();
  }

  #stopRejoin(): void {
    this.#rejoin?.stop();
    this.#rejoin = undefined;
  }

  async #release(keepDevices: boolean): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.camera.detach(keepDevices);
    this.microphone.detach(keepDevices);
    this.screenShare.detach(keepDevices);
    this.#stores.participants.set([]);
    if (!keepDevices) this.#stores.joinedAt.set(undefined);
    await session?.disconnect();
  }
}

/** Throws ConfabError (code 4) for a type or id that no call can have. Which types exist, the server knows. */
export function checkCallId(type: unknown, id: unknown): void {
  const typeOk = typeof type === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(type);
  const idOk = typeof id === 'string' && /^[A-Za-z0-9_@.-]{1,64}$/.test(id);
  if (typeOk && idOk) return;
  const message = typeOk
    ? 'A call id is 1 to 64 of the characters A-Z a-z 0-9 _ - @ .'
    : 'A call type is 1 to 64 of the characters A-Z a-z 0-9 _ -';
  throw new ConfabError(message, { code: ErrorCode.badInput, statusCode: 400, unrecoverable: true });
}
