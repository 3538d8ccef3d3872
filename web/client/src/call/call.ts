// SPDX-License-Identifier: Apache-2.0
/** A handle on one call: local until it is asked to do something, released by `leave`, and good for joining again. */
import type { CallContext } from './context.ts';
import { CameraManager } from '../devices/camera.ts';
import type { DeviceContext } from '../devices/manager.ts';
import { MicrophoneManager } from '../devices/microphone.ts';
import { Preview } from '../devices/preview.ts';
import { ScreenShareManager } from '../devices/screen-share.ts';
import { SpeakerManager } from '../devices/speaker.ts';
import { ConfabError, ErrorCode } from '../errors.ts';
import { backoffDelay } from '../socket.ts';
import { CallApi } from './api.ts';
import type { CallResponse, Capability, CallReactionObject, RingObject, UserObject } from '../contract.ts';
import type { CallEvent, CallEvents, CallEventType } from './events.ts';
import { CallLink } from './link.ts';
import { CallingState } from './machine.ts';
import { forbiddenDevice, PermissionsContext, revokedDevices } from './permissions.ts';
import { isLasting } from './reduce.ts';
import { legOf, ringSide, wasAccepted } from './ring.ts';
import { isWhole } from './session.ts';
import { CallState, CallStores } from './state.ts';
import type {
  CreateOptions, FeedbackOptions, GetOptions, JoinOptions, LeaveOptions, MemberRequest, MembersPage, MuteKind, PageRequest, RequestablePermission, UpdateOptions,
} from './types.ts';

export class Call {
  /** `type:id`, the name of the call everywhere. */
  readonly cid: string;
  readonly state: CallState;
  readonly camera: CameraManager;
  readonly microphone: MicrophoneManager;
  readonly screenShare: ScreenShareManager;
  readonly speaker: SpeakerManager;
  readonly permissionsContext: PermissionsContext;

  readonly #stores = new CallStores();
  readonly #api: CallApi;
  readonly #link: CallLink;
  #create = false;
  #watching = false;
  #timeoutSeconds = 0;
  #leaves = 0;
  /** Media has said that this client was put out. The event that says it, too, is on its way, and not about what is joined meanwhile. */
  #toldByMedia = false;
  #completing: ReturnType<typeof setTimeout> | undefined;
  /** The ring that this client started: only it joins by itself when somebody accepts. */
  #ownRing: string | undefined;
  /** Rings that were answered here: what is still on its way about them rings no more. */
  readonly #settledRings = new Set<string>();

  /** @internal Use `client.call(type, id)`. */
  constructor(
    readonly type: string,
    readonly id: string,
    private readonly context: CallContext,
  ) {
    this.cid = `${type}:${id}`;
    this.state = new CallState(this.#stores);
    const devices: DeviceContext = {
      log: context.log,
      preferences: context.preferences,
      forbidden: (kind) => forbiddenDevice(kind, this.#stores.ownCapabilities.get()),
    };
    this.camera = new CameraManager(devices);
    this.microphone = new MicrophoneManager(devices);
    this.screenShare = new ScreenShareManager(devices);
    this.speaker = new SpeakerManager(devices);
    this.permissionsContext = new PermissionsContext(this.#stores.ownCapabilities, this.#stores.settings);
    this.#api = new CallApi(type, id, context);
    this.#link = this.#makeLink();
  }

  // who and what

  /** With a ring: whether this user is the one who calls. Without: whether this user made the call. */
  get isCreatedByMe(): boolean {
    const by = this.state.ring?.caller ?? this.state.createdBy;
    return by !== undefined && by.id === this.context.me();
  }

  /** A ring is pending here, incoming or outgoing. */
  get ringing(): boolean {
    return this.state.callingState === CallingState.RINGING;
  }

  // life

  /** Loads the call. Rejects with code 16 when it does not exist. With `watch`, its events arrive without joining. */
  async get(options: GetOptions = {}): Promise<CallResponse> {
    const reply = await this.#api.get(options);
    this.#watching ||= options.watch === true;
    return this.#learn(reply);
  }

  /** Loads the call, making it when it does not exist. With `ring`, the members' devices ring: state RINGING. */
  async getOrCreate(options: CreateOptions = {}): Promise<CallResponse> {
    const asked = this.#api.getOrCreate(options);
    const reply = await (options.ring ? this.#startRing(asked) : asked);
    this.#watching ||= options.watch === true;
    return this.#learn(reply);
  }

  /**
   * Enters the call: resolves when media can flow. Camera and microphone start on their own and never keep the call
   * from being joined: see their `state.error`. Twice at once is one join; joined already, it resolves. Joining a call
   * that rings here accepts it. Rejects with ConfabError and goes back to IDLE when refused; rejects when `leave` comes
   * in between.
   */
  join(options: JoinOptions = {}): Promise<void> {
    const create = options.create === true;
    this.#watching ||= options.watch === true;
    const ask = async () => {
      const asked = this.#api.join({ ...options, create });
      const reply = await (options.ring ? this.#startRing(asked) : asked);
      this.#create = create;
      return reply;
    };
    return this.#link.join(ask, () => this.#api.join({ create: this.#create }), () => this.#timeoutSeconds * 1000);
  }

  /**
   * Leaves, and turns every device off. Wins over a join that is under way. On a left call it does nothing. A ring that
   * this client started is cancelled; with `reject`, one that comes in is declined. Never rejects.
   */
  async leave(options: LeaveOptions = {}): Promise<void> {
    const before = this.state.callingState;
    const wasIn = before !== CallingState.IDLE && before !== CallingState.LEFT && before !== CallingState.UNKNOWN;
    const side = ringSide(this.state.ring, this.context.me());
    const cancels = side === 'outgoing' && this.state.ring?.id === this.#ownRing;
    this.#settleRing();
    this.#leaves++;
    const left = this.#link.leave();
    this.#stores.incomingVideo.set(true);
    if ((side && options.reject) || cancels) {
      await this.#api.reject(options.reason ?? (cancels ? 'cancel' : 'decline')).catch(() => {}); // left all the same
    }
    await left;
    if (wasIn) this.context.log.info('Video call left');
  }

  /** Accepts a call that rings here, before joining it. Rejects with 409 when another device or person was faster. */
  async accept(): Promise<CallResponse> {
    try {
      return this.#learn(await this.#api.accept());
    } catch (error) {
      if (error instanceof ConfabError && error.statusCode === 409) this.#stopRinging();
      throw error;
    }
  }

  /** Declines a call that rings here, on all of this user's devices; the caller's reject cancels. Quiet when nothing rings. */
  async reject(reason = 'decline'): Promise<void> {
    await this.context.ready(); // an error before this leaves it ringing
    this.#stopRinging();
    await this.#api.reject(reason);
  }

  /** Rings members of an existing call: all of them, or those named. */
  async ring(options: { member_ids?: readonly string[]; video?: boolean } = {}): Promise<CallResponse> {
    return this.#learn(await this.#startRing(this.#api.ring(options)));
  }

  /** Tells the members that the call exists. */
  async notify(): Promise<CallResponse> {
    return this.#learn(await this.#api.getOrCreate({ notify: true }));
  }

  /** Ends the call for everybody. Needs end-call. */
  async endCall(): Promise<CallResponse> {
    return this.#learn(await this.#api.end());
  }

  /** How long to try to come back after media was lost, in seconds. 0, the default: for ever. */
  setDisconnectionTimeout(seconds: number): void {
    this.#timeoutSeconds = Math.max(0, seconds);
  }

  /** Opens camera and microphone before the call, as wanted or as last time, for a lobby. `join` takes them over. */
  startPreview(): void {
    const { camera, microphone } = this;
    const devices = { camera: camera.state.selectedDevice, microphone: microphone.state.selectedDevice };
    this.#link.startPreview(new Preview(this.context.capture, devices, (kind) => this[kind].changed(false, true)));
  }

  /** Closes what the preview has open, and keeps what was chosen. In a call it does nothing. */
  stopPreview(): void {
    this.#link.stopPreview();
  }

  /**
   * Whether the others' cameras are received, now and until the call is left; screens and sound always are. Without them a
   * call needs some 50 kbit/s: for networks that carry no more. Before the call is joined it holds from the start.
   */
  setIncomingVideoEnabled(enabled: boolean): void {
    this.#stores.incomingVideo.set(enabled);
    this.#link.receiveVideo(enabled);
  }

  // the call itself

  /** Changes settings, custom data or the start. Needs update-call, and for settings update-call-settings. */
  async update(options: UpdateOptions): Promise<CallResponse> {
    return this.#learn(await this.#api.update(options));
  }

  /**
   * Who is listed on the call. A conversation's call has the people of that; into one between two somebody of the team who is in it
   * lets others, who are guests for as long as it goes on.
   */
  async updateCallMembers(change: { update_members?: readonly MemberRequest[]; remove_members?: readonly string[] }): Promise<CallResponse> {
    return this.#learn(await this.#api.updateMembers(change.update_members ?? [], change.remove_members ?? []));
  }

  /** Members page by page, for calls with more than the 100 of `state.members`. */
  queryMembers(page: PageRequest = {}): Promise<MembersPage> {
    return this.#api.queryMembers(page);
  }

  /** Out of backstage: everybody may enter. */
  async goLive(): Promise<CallResponse> {
    return this.#learn(await this.#api.goLive());
  }

  /** Back to backstage; viewers are removed. */
  async stopLive(): Promise<CallResponse> {
    return this.#learn(await this.#api.stopLive());
  }

  // the others

  /** They may unmute themselves: a mute is not a revoke. Needs mute-users. */
  muteUser(userId: string | readonly string[], kind: MuteKind | readonly MuteKind[] = 'audio'): Promise<void> {
    return this.#api.mute({ user_ids: listOf(userId) }, listOf(kind));
  }

  muteAllUsers(kind: MuteKind | readonly MuteKind[] = 'audio'): Promise<void> {
    return this.#api.mute({ mute_all_users: true }, listOf(kind));
  }

  /** Removes somebody and bars them from this call. Needs block-users. */
  blockUser(userId: string): Promise<void> {
    return this.#api.block(userId);
  }

  unblockUser(userId: string): Promise<void> {
    return this.#api.unblock(userId);
  }

  /** Removes somebody; with `block` they cannot come back. Needs kick-user. */
  kickUser(user: string | { user_id: string; block?: boolean }): Promise<void> {
    return typeof user === 'string' ? this.#api.kick(user, false) : this.#api.kick(user.user_id, user.block ?? false);
  }

  /** Asks those who can grant it. */
  requestPermissions(request: { permissions: readonly RequestablePermission[] }): Promise<void> {
    return this.#api.requestPermissions(request.permissions);
  }

  /** Needs update-call-permissions. */
  grantPermissions(userId: string, permissions: readonly (Capability | (string & {}))[]): Promise<void> {
    return this.updateUserPermissions({ user_id: userId, grant_permissions: permissions });
  }

  /** Takes effect in the media at once: a revoked track stops, wherever it runs. */
  revokePermissions(userId: string, permissions: readonly (Capability | (string & {}))[]): Promise<void> {
    return this.updateUserPermissions({ user_id: userId, revoke_permissions: permissions });
  }

  /** Both in one step. */
  async updateUserPermissions(change: { user_id: string; grant_permissions?: readonly string[]; revoke_permissions?: readonly string[] }): Promise<void> {
    await this.#api.userPermissions(change.user_id, change.grant_permissions ?? [], change.revoke_permissions ?? []);
    this.#stores.apply({ type: 'request.answered', userId: change.user_id });
  }

  /** Takes a request off the list without granting it; tells nobody. */
  dismissPermissionRequest(userId: string): void {
    this.#stores.apply({ type: 'request.answered', userId });
  }

  /** Shows on the sender's participant until `resetReaction`. Needs create-reaction. */
  sendReaction(reaction: CallReactionObject): Promise<void> {
    return this.#api.react(reaction);
  }

  /** Takes a participant's reaction away, on this side only. */
  resetReaction(sessionId: string): void {
    const participant = this.state.participants.find((p) => p.sessionId === sessionId);
    if (participant) this.#stores.apply({ type: 'reaction.reset', userId: participant.userId });
  }

  /** Anything that is JSON, up to 5 KB, to whoever hears this call: event `custom`. Needs send-event. */
  sendCustomEvent(payload: Record<string, unknown>): Promise<void> {
    return this.#api.sendCustom(payload);
  }

  /**
   * How the call was, 1 (bad) to 5 (excellent), from somebody who was in it; after leaving, too. The last word counts. The
   * team sees it with the calls of the past. Rejects with code 4 for who was not in it.
   */
  submitFeedback(rating: number, options: FeedbackOptions = {}): Promise<void> {
    return this.#api.feedback(rating, options);
  }

  /** Rejects (code 19): this server does not record. The message says what to do instead. */
  startRecording(): Promise<void> {
    return this.#api.recording('start_recording');
  }
  /** Rejects (code 19): this server does not record. The message says what to do instead. */
  stopRecording(): Promise<void> {
    return this.#api.recording('stop_recording');
  }
  /** Rejects (code 19): this server does not record. The message says what to do instead. */
  queryRecordings(): Promise<{ recordings: never[] }> {
    return this.#api.recording('recordings');
  }

  /** Events of this call; 'all' for every one. Returns the way to stop listening. */
  on<K extends CallEventType>(type: K, listener: (event: CallEvents[K]) => void): () => void;
  on(type: 'all', listener: (event: CallEvent) => void): () => void;
  on(type: CallEventType | 'all', listener: (event: never) => void): () => void {
    const filter = (event: CallEvent) => {
      if (event.cid === this.cid) (listener as (event: CallEvent) => void)(event);
    };
    return type === 'all' ? this.context.events.onAny(filter) : this.context.events.on(type, filter);
  }

  // what the client tells its calls

  /** @internal An event with this call's cid. */
  handleEvent(event: CallEvent): void {
    const me = this.context.me();
    const before = this.#stores.ownCapabilities.get();
    this.#stores.apply({ type: 'event', event, me });
    this.#api.hear(event);
    this.#stores.input('known');
    this.#followRights(before);
    this.#followRing();
    this.#completeList();
    const outcast = event.type === 'call.kicked_user' || event.type === 'call.blocked_user';
    if ((outcast && event.user.id === me) || event.type === 'call.ended') void this.#putOut();
  }

  /** @internal It rings while this client is in another call: declined, without having rung here. */
  async handleBusy(event: CallEvents['call.ring']): Promise<void> {
    this.#settledRings.add(event.ring.id);
    this.handleEvent(event);
    await this.#api.reject('busy');
  }

  /** @internal Somebody has another name. Media tells of it by itself. */
  handleRename(user: UserObject): void {
    this.#stores.apply({ type: 'renamed', user });
  }

  /** @internal What `queryCalls` found. */
  handleReply(reply: CallResponse, watch: boolean): void {
    this.#watching ||= watch;
    this.#learn(reply);
  }

  /** @internal The socket was away and is back. */
  handleOnline(): void {
    void this.refresh();
    this.#link.hurry();
  }

  /** @internal Events may have been missed: asks anew where that matters. */
  async refresh(): Promise<void> {
    const state = this.state.callingState;
    const matters = this.#watching || (state !== CallingState.UNKNOWN && state !== CallingState.IDLE && state !== CallingState.LEFT);
    if (!matters) return;
    await this.get({ watch: this.#watching }).catch((error: unknown) => this.context.log.debug('Refreshing', this.cid, 'failed', error));
  }

  /** Events name only the first of many: who never heard of the others, or asked while they came and went, asks again, seldom. */
  #completeList(): void {
    const { session } = this.state;
    if (!session || isWhole(session) || this.#completing) return;
    this.#completing = setTimeout(() => {
      this.#completing = undefined;
      void this.refresh();
    }, backoffDelay(3, this.context.backoff));
  }

  #learn(reply: CallResponse): CallResponse {
    const before = this.#stores.ownCapabilities.get();
    this.#stores.apply({ type: 'reply', reply });
    for (const event of this.#api.since(reply)) if (isLasting(event)) this.#stores.apply({ type: 'event', event, me: this.context.me() });
    this.#stores.input('known');
    this.#followRights(before);
    this.#followRing();
    return reply;
  }

  /** A device whose right was revoked goes off, also while it is being turned on. */
  #followRights(before: readonly string[]): void {
    for (const kind of revokedDevices(before, this.#stores.ownCapabilities.get())) this[kind].forbid();
  }

  /** The ring of the answer is this client's. What became of it meanwhile may be known already: see `#followRing`. */
  async #startRing<Reply extends { ring: RingObject | null }>(asked: Promise<Reply>): Promise<Reply> {
    const leaves = this.#leaves;
    const reply = await asked;
    const { ring } = reply;
    this.#ownRing = ring?.id;
    if (ring?.state !== 'ringing') return reply;
    if (leaves === this.#leaves) {
      this.#stores.input('known');
      this.#stores.input('ring');
    } else {
      // left while the question was on its way: nobody must go on ringing for a caller who is gone
      this.#settledRings.add(ring.id);
      await this.#api.reject('cancel').catch(() => {});
    }
    return reply;
  }

  /** Brings RINGING in line with the server's picture of the ring. */
  #followRing(): void {
    const { ring, callingState } = this.state;
    if (!ring || this.#settledRings.has(ring.id)) return;
    const side = ringSide(ring, this.context.me());
    const own = ring.id === this.#ownRing;
    if (own && wasAccepted(ring) && ring.state !== 'ended') {
      this.#settleRing();
      if (callingState !== CallingState.RINGING) return; // in already, or gone
      this.join().catch((error: unknown) => this.context.log.warn('The accepted call could not be joined:', String(error)));
    } else if (side === 'incoming' || (side === 'outgoing' && own)) {
      this.#stores.input('ring');
    } else if (
      callingState === CallingState.RINGING &&
      (ring.state === 'ended' || legOf(ring, this.context.me())?.device_id !== this.context.deviceId)
    ) {
      this.#stopRinging(); // answered elsewhere, or over; not the answer that was given here
    }
  }

  #stopRinging(): void {
    this.#settleRing();
    this.#stores.input('unring');
  }

  #settleRing(): void {
    const { ring } = this.state;
    if (ring) this.#settledRings.add(ring.id);
  }

  async #putOut(): Promise<void> {
    const known = this.#toldByMedia;
    this.#toldByMedia = false;
    const state = this.state.callingState;
    if (state === CallingState.IDLE || state === CallingState.UNKNOWN || (known && state !== CallingState.RINGING)) return;
    await this.leave();
  }

  #makeLink(): CallLink {
    const { camera, microphone, screenShare } = this;
    return new CallLink({
      context: this.context,
      devices: { camera, microphone, screenShare },
      state: () => this.state.callingState,
      input: (input) => this.#stores.input(input),
      incomingVideo: () => this.state.incomingVideo,
      defaults: () => {
        const settings = this.state.settings;
        return {
          camera: !settings || (settings.video.enabled && settings.video.camera_default_on),
          microphone: settings?.audio.mic_default_on ?? true,
        };
      },
      onReply: (reply) => {
        this.#stores.setServerTime(reply.server_time);
        this.#learn(reply);
      },
      onParticipants: (list) => this.#stores.setParticipants(list),
      onJoined: (at) => this.#stores.joinedAt.set(at),
      onRemoved: () => {
        this.#toldByMedia = true;
        void this.leave();
      },
    });
  }
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Throws ConfabError (code 4) for a type or id that no call can have. Which types exist, the server knows. */
export function checkCallId(type: unknown, id: unknown): void {
  const typeOk = typeof type === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(type);
  const idOk = typeof id === 'string' && /^(?:chat-[A-Za-z0-9_@.-]{1,136}|[A-Za-z0-9_@.-]{1,64})$/.test(id);
  if (typeOk && idOk) return;
  const message = typeOk
    ? 'A call id is 1 to 64 of the characters A-Z a-z 0-9 _ - @ .'
    : 'A call type is 1 to 64 of the characters A-Z a-z 0-9 _ -';
  throw new ConfabError(message, { code: ErrorCode.badInput, statusCode: 400, unrecoverable: true });
}
