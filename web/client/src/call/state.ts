// SPDX-License-Identifier: Apache-2.0
/** What a call knows, observable. */
import type { CallSessionObject, UserObject } from '../contract.ts';
import type { Participant } from '../media/session.ts';
import { Store, type Observable } from '../store.ts';
import type { CallObject, MemberObject, RingObject, CallSettingsObject } from '../contract.ts';
import { CallingState, nextCallingState, type CallingInput } from './machine.ts';
import { emptyCall, reduceCall, type CallAction, type CallKnowledge, type PermissionRequest } from './reduce.ts';

const NOBODY: readonly string[] = [];

/** @internal The writable side; `CallState` is what applications see. */
export class CallStores {
  readonly callingState = new Store<CallingState>(CallingState.UNKNOWN);
  readonly connected = new Store<readonly Participant[]>([]);
  readonly participants = new Store<readonly Participant[]>([]);
  readonly session = new Store<CallSessionObject | null>(null);
  readonly ownCapabilities = new Store<readonly string[]>([]);
  readonly members = new Store<readonly MemberObject[]>([]);
  readonly settings = new Store<CallSettingsObject | undefined>(undefined);
  readonly call = new Store<CallObject | undefined>(undefined);
  readonly custom = new Store<Readonly<Record<string, unknown>>>({});
  readonly backstage = new Store(false);
  readonly blockedUserIds = new Store(NOBODY);
  readonly ring = new Store<RingObject | null>(null);
  readonly permissionRequests = new Store<readonly PermissionRequest[]>([]);
  /** The others' cameras are received. */
  readonly incomingVideo = new Store(true);
  /** When this client joined, in milliseconds of Date.now(). */
  readonly joinedAt = new Store<number | undefined>(undefined);
  /** When the call began, by this device's clock. */
  readonly startedAt = new Store<number | undefined>(undefined);
  /** How far this device's clock is ahead of the server's, as far as is known. */
  #aheadMs = 0;
  #knowledge = emptyCall;

  get knowledge(): CallKnowledge {
    return this.#knowledge;
  }

  /** The only way in which the calling state changes. */
  input(input: CallingInput): void {
    this.callingState.set(nextCallingState(this.callingState.get(), input));
  }

  /** The only way in which what the server said changes. */
  apply(action: CallAction): void {
    const known = reduceCall(this.#knowledge, action);
    if (known === this.#knowledge) return;
    this.#knowledge = known;
    this.call.set(known.call);
    this.settings.set(known.call?.settings);
    this.backstage.set(known.call?.backstage ?? false);
    this.blockedUserIds.set(known.call?.blocked_user_ids ?? NOBODY);
    if (known.call) this.custom.set(known.call.custom);
    this.members.set(known.members);
    this.session.set(known.session);
    this.#showStart();
    this.ownCapabilities.set(known.ownCapabilities);
    this.ring.set(known.ring);
    this.permissionRequests.set(known.permissionRequests);
    this.#showParticipants();
  }

  setParticipants(connected: readonly Participant[]): void {
    this.connected.set(connected);
    this.#showParticipants();
  }

  /** What the server's clock says now. */
  setServerTime(text: string | undefined): void {
    const at = Date.parse(text ?? '');
    if (Number.isFinite(at)) this.#aheadMs = Date.now() - at;
    this.#showStart();
  }

  #showStart(): void {
    const at = Date.parse(this.session.get()?.started_at ?? '');
    this.startedAt.set(Number.isFinite(at) ? Math.min(at + this.#aheadMs, Date.now()) : undefined);
  }

  #showParticipants(): void {
    const { reactions } = this.#knowledge;
    const connected = this.connected.get();
    const withReactions = connected.map((p) => {
      const reaction = reactions.get(p.userId);
      return reaction === p.reaction ? p : { ...p, reaction };
    });
    const same = withReactions.every((p, i) => sameParticipant(p, this.participants.get()[i]));
    if (!same || withReactions.length !== this.participants.get().length) this.participants.set(withReactions);
  }
}

/** The same object, or one that differs in nothing: a list that says nothing new renders nothing. */
function sameParticipant(a: Participant, b: Participant | undefined): boolean {
  return b !== undefined && (a === b || (Object.keys(a) as (keyof Participant)[]).every((key) => Object.is(a[key], b[key])));
}

/** Every value as a getter, and as an observable with a $ after its name. */
export class CallState {
  readonly callingState$: Observable<CallingState>;
  /** Everybody whose media is connected, oneself first. Empty unless joined. One person on two devices is in it twice. */
  readonly participants$: Observable<readonly Participant[]>;
  /** Everybody listed on the call (the first 100), connected or not. */
  readonly members$: Observable<readonly MemberObject[]>;
  /** What the server last said about who is in the call; null while nobody is. */
  readonly session$: Observable<CallSessionObject | null>;
  /** What this user may do on this call: show and hide controls by it, not by role names. */
  readonly ownCapabilities$: Observable<readonly string[]>;
  readonly settings$: Observable<CallSettingsObject | undefined>;
  readonly custom$: Observable<Readonly<Record<string, unknown>>>;
  /** Only those with the right join-backstage may enter; `goLive` ends it. */
  readonly backstage$: Observable<boolean>;
  /** Who may not come in. */
  readonly blockedUserIds$: Observable<readonly string[]>;
  /** The last ring, with everybody's answer; null when it never rang. */
  readonly ring$: Observable<RingObject | null>;
  /** Who asks for what; told to those who can grant it. */
  readonly permissionRequests$: Observable<readonly PermissionRequest[]>;
  /** False: the others' cameras are not received, and count as off. See `call.setIncomingVideoEnabled`. */
  readonly incomingVideo$: Observable<boolean>;
  /** When this client joined, in milliseconds of Date.now(). */
  readonly joinedAt$: Observable<number | undefined>;
  /** When the call began, for whoever came first, in milliseconds of this device's Date.now(); undefined while nobody is in it. */
  readonly startedAt$: Observable<number | undefined>;
  readonly #call: Observable<CallObject | undefined>;

  /** @internal */
  constructor(stores: CallStores) {
    this.callingState$ = stores.callingState;
    this.participants$ = stores.participants;
    this.members$ = stores.members;
    this.session$ = stores.session;
    this.ownCapabilities$ = stores.ownCapabilities;
    this.settings$ = stores.settings;
    this.custom$ = stores.custom;
    this.backstage$ = stores.backstage;
    this.blockedUserIds$ = stores.blockedUserIds;
    this.ring$ = stores.ring;
    this.permissionRequests$ = stores.permissionRequests;
    this.incomingVideo$ = stores.incomingVideo;
    this.joinedAt$ = stores.joinedAt;
    this.startedAt$ = stores.startedAt;
    this.#call = stores.call;
  }

  get callingState(): CallingState {
    return this.callingState$.get();
  }
  get participants(): readonly Participant[] {
    return this.participants$.get();
  }
  get localParticipant(): Participant | undefined {
    return this.participants.find((participant) => participant.isLocal);
  }
  get remoteParticipants(): readonly Participant[] {
    return this.participants.filter((participant) => !participant.isLocal);
  }
  get members(): readonly MemberObject[] {
    return this.members$.get();
  }
  get session(): CallSessionObject | null {
    return this.session$.get();
  }
  get ownCapabilities(): readonly string[] {
    return this.ownCapabilities$.get();
  }
  get settings(): CallSettingsObject | undefined {
    return this.settings$.get();
  }
  get custom(): Readonly<Record<string, unknown>> {
    return this.custom$.get();
  }
  get backstage(): boolean {
    return this.backstage$.get();
  }
  get ring(): RingObject | null {
    return this.ring$.get();
  }
  get permissionRequests(): readonly PermissionRequest[] {
    return this.permissionRequests$.get();
  }
  get incomingVideo(): boolean {
    return this.incomingVideo$.get();
  }
  get joinedAt(): number | undefined {
    return this.joinedAt$.get();
  }
  get startedAt(): number | undefined {
    return this.startedAt$.get();
  }
  get createdBy(): UserObject | undefined {
    return this.#call.get()?.created_by;
  }
  get createdAt(): Date | undefined {
    return date(this.#call.get()?.created_at);
  }
  get startsAt(): Date | undefined {
    return date(this.#call.get()?.starts_at);
  }
  get endedAt(): Date | undefined {
    return date(this.#call.get()?.ended_at);
  }
  get blockedUserIds(): readonly string[] {
    return this.blockedUserIds$.get();
  }
}

function date(text: string | null | undefined): Date | undefined {
  return text ? new Date(text) : undefined;
}
