// SPDX-License-Identifier: Apache-2.0
/**
 * A call's connection to the media server: made by `join`, brought back when it is lost, gone after `leave`. Every join
 * and leave starts a new attempt, and work of an older one is dropped wherever it is: so leave wins every race.
 */
import type { CallContext } from './context.ts';
import type { CameraManager } from '../devices/camera.ts';
import type { MicrophoneManager } from '../devices/microphone.ts';
import type { Preview } from '../devices/preview.ts';
import type { ScreenShareManager } from '../devices/screen-share.ts';
import { ConfabError, ErrorCode, toConfabError } from '../errors.ts';
import type { MediaHandlers, MediaSession, Participant } from '../media/session.ts';
import type { JoinResponse } from '../contract.ts';
import { CallingState, type CallingInput } from './machine.ts';
import { Rejoin } from './rejoin.ts';

/** @internal What the call lends its link. */
export interface LinkHost {
  context: CallContext;
  devices: { camera: CameraManager; microphone: MicrophoneManager; screenShare: ScreenShareManager };
  state(): CallingState;
  input(input: CallingInput): void;
  /** Whether the others' cameras are wanted. */
  incomingVideo(): boolean;
  /** Whether cameras and microphones start on, when nobody chose. */
  defaults(): { camera: boolean; microphone: boolean };
  onReply(reply: JoinResponse): void;
  onParticipants(participants: readonly Participant[]): void;
  onJoined(at: number | undefined): void;
  /** The server took us out. */
  onRemoved(): void;
}

export type AskToJoin = () => Promise<JoinResponse>;

/** How a lost call is entered anew, and how long that is tried. */
interface ComeBack {
  again: AskToJoin;
  timeoutMs: () => number;
}

/** The media is lost, and the media code tries to bring it back. */
interface Loss {
  /** By Date.now(). */
  since: number;
  comeBack: ComeBack;
  giveUp: ReturnType<typeof setTimeout> | undefined;
  reach: ReturnType<typeof setInterval>;
}

/** The server keeps the place of somebody whose network is away for 30 s; a connection cannot be resumed after that. */
const PLACE_MS = 30_000;
/** While a call is lost the event socket, which says that the server can be reached, does not wait any longer between two tries. */
const REACH_MS = 2000;

export class CallLink {
  #joining: Promise<void> | undefined;
  #attempt = 0;
  #session: MediaSession | undefined;
  #rejoin: Rejoin | undefined;
  #preview: Preview | undefined;
  #loss: Loss | undefined;

  constructor(private readonly host: LinkHost) {}

  /** `again` is what is asked when the connection was lost for good and the call is entered anew. */
  join(ask: AskToJoin, again: AskToJoin, timeoutMs: () => number): Promise<void> {
    if (this.#joining) return this.#joining;
    if (this.#session && this.#isIn()) return Promise.resolve();
    this.#stopRejoin();
    const attempt = ++this.#attempt;
    const joining: Promise<void> = this.#join(attempt, ask, again, timeoutMs).finally(() => {
      if (this.#joining === joining) this.#joining = undefined;
    });
    this.#joining = joining;
    return joining;
  }

  /** Drops everything, also what is under way. */
  async leave(): Promise<void> {
    this.#attempt++;
    this.#joining = undefined;
    this.#stopRejoin();
    this.host.input('leave');
    await this.#release(false);
  }

  /** Opens the devices before the call. Replaces an earlier preview; does nothing in a call. */
  startPreview(preview: Preview): void {
    this.stopPreview();
    if (this.#session || this.#joining) return preview.close();
    this.#preview = preview;
    this.#attachDevices(preview);
  }

  /** What `incomingVideo` says has changed. */
  receiveVideo(on: boolean): void {
    this.#session?.receiveVideo(on);
  }

  stopPreview(): void {
    if (!this.#preview || this.#joining) return; // a join takes it over
    this.#preview.close();
    this.#preview = undefined;
    for (const device of this.#previewed()) device.detach(true);
  }

  #isIn(): boolean {
    const state = this.host.state();
    return state === CallingState.JOINED || state === CallingState.RECONNECTING || state === CallingState.MIGRATING;
  }

  async #join(attempt: number, ask: AskToJoin, again: AskToJoin, timeoutMs: () => number): Promise<void> {
    const { context, input } = this.host;
    input('join');
    this.#intend(true);
    try {
      await context.ready();
      this.#wanted(attempt);
      await this.#connect(attempt, ask, { again, timeoutMs });
    } catch (cause) {
      this.#wanted(attempt); // leave() came in between, and has tidied up
      await this.#release(true);
      if (attempt === this.#attempt) input('refused');
      throw toConfabError(cause, 'The call could not be joined');
    }
    this.host.onJoined(Date.now());
    input('joined');
    context.log.info('Video call joined');
  }

  /** Asks for credentials and connects the media, everything that can be at the same time. */
  async #connect(attempt: number, ask: AskToJoin, comeBack: ComeBack): Promise<void> {
    const { camera, microphone, screenShare } = this.host.devices;
    const asked = ask();
    asked.catch(() => {}); // awaited below; must not count as unhandled while the media code loads
    const session = await this.host.context.media(this.#handlers(attempt, comeBack));
    if (attempt !== this.#attempt) {
      await session.disconnect();
      this.#wanted(attempt);
    }
    this.#session = session;
    session.receiveVideo(this.host.incomingVideo());
    const reply = await asked;
    this.#wanted(attempt);
    this.host.onReply(reply);
    const kinds = this.#intend(false);
    // only now: a call that is refused must not have asked for the camera
    const devices = { camera: camera.state.selectedDevice, microphone: microphone.state.selectedDevice };
    session.prepare(kinds, devices, this.#takePreview(kinds));
    await session.connect(reply.credentials.url, reply.credentials.token);
    this.#wanted(attempt);
    camera.attach(session, devices.camera);
    microphone.attach(session, devices.microphone);
    screenShare.attach(session);
  }

  #intend(guess: boolean): { camera: boolean; microphone: boolean } {
    const { camera, microphone } = this.host.devices;
    const byDefault = this.host.defaults();
    return { camera: camera.intend(byDefault.camera, guess), microphone: microphone.intend(byDefault.microphone, guess) };
  }

  #wanted(attempt: number): void {
    if (attempt !== this.#attempt) throw new ConfabError('The call was left while it was being joined.', { code: ErrorCode.internal });
  }

  #handlers(attempt: number, comeBack: ComeBack): MediaHandlers {
    const { context, devices, input } = this.host;
    const ours = () => attempt === this.#attempt;
    return {
      onParticipants: (list) => ours() && this.host.onParticipants(list),
      onReconnecting: () => {
        if (!ours()) return;
        input(context.network.online() ? 'lost' : 'no-network');
        this.#lost(comeBack);
      },
      onReconnected: (sending) => {
        if (!ours()) return;
        this.#found();
        input('restored');
        for (const device of Object.values(devices)) device.restored(sending[device.kind]);
      },
      onEnded: (end) => {
        if (!ours() || this.#joining) return; // a join that fails says so itself
        if (end === 'removed') this.host.onRemoved();
        else this.#comeBack(comeBack);
      },
      onDevice: (kind, on, lost) => ours() && devices[kind].changed(on, lost),
    };
  }

  /** The application's patience begins with the loss, whoever tries to come back. */
  #lost(comeBack: ComeBack): void {
    if (this.#loss) return;
    const { context } = this.host;
    const ms = comeBack.timeoutMs();
    this.#loss = {
      since: Date.now(),
      comeBack,
      giveUp: ms > 0 ? setTimeout(() => this.#giveUp(), ms) : undefined,
      reach: setInterval(() => context.reach(), REACH_MS * (1 - context.backoff.random() / 2)),
    };
  }

  #found(): void {
    clearTimeout(this.#loss?.giveUp);
    clearInterval(this.#loss?.reach);
    this.#loss = undefined;
  }

  #giveUp(): void {
    this.#attempt++;
    void this.#release(true);
    this.host.input('gave-up');
  }

  /** The server can be reached again. Where our place is gone, nothing can be resumed: entering anew is quicker. */
  hurry(): void {
    this.#rejoin?.hurry();
    if (!this.#loss || Date.now() - this.#loss.since < PLACE_MS) return;
    if (this.host.devices.screenShare.state.status === 'enabled') return; // only the old connection can go on with it
    this.#comeBack(this.#loss.comeBack);
  }

  /** The media server gave up on us, or we on it: join anew until it works, keeping what was switched on. */
  #comeBack(comeBack: ComeBack): void {
    if (this.#rejoin) return;
    const { context, input } = this.host;
    const attempt = ++this.#attempt;
    const limit = comeBack.timeoutMs();
    const timeoutMs = limit > 0 && this.#loss ? Math.max(1, this.#loss.since + limit - Date.now()) : limit;
    this.host.devices.screenShare.disable().catch(() => {}); // a new picture of the screen needs the person's click
    void this.#release(true);
    input('lost');
    this.#rejoin = new Rejoin({
      network: context.network,
      backoff: context.backoff,
      timeoutMs,
      onOffline: () => input('no-network'),
      onTrying: () => input('retry'),
      attempt: () => this.#tryAgain(attempt, comeBack),
      onEnd: (done) => {
        if (attempt !== this.#attempt) return;
        this.#rejoin = undefined;
        input(done ? 'restored' : 'gave-up');
      },
    });
    this.#rejoin.start();
  }

  async #tryAgain(attempt: number, comeBack: ComeBack): Promise<'done' | 'again' | 'stop'> {
    const { context } = this.host;
    try {
      await context.ready();
      await this.#connect(attempt, comeBack.again, comeBack);
      return 'done';
    } catch (error) {
      if (attempt !== this.#attempt) return 'stop';
      context.log.debug('Rejoining failed', error);
      await this.#release(true);
      return error instanceof ConfabError && error.unrecoverable ? 'stop' : 'again';
    }
  }

  #stopRejoin(): void {
    this.#rejoin?.stop();
    this.#rejoin = undefined;
  }

  async #release(keepDevices: boolean): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#found();
    this.#preview?.close();
    this.#preview = undefined;
    for (const device of Object.values(this.host.devices)) device.detach(keepDevices);
    this.host.onParticipants([]);
    if (!keepDevices) this.host.onJoined(undefined);
    await session?.disconnect();
  }

  #previewed(): [CameraManager, MicrophoneManager] {
    return [this.host.devices.camera, this.host.devices.microphone];
  }

  #attachDevices(preview: Preview): void {
    this.#intend(false);
    for (const device of this.#previewed()) device.attach(preview, device.state.selectedDevice);
  }

  /** What the preview has open and the call wants; the rest goes off. */
  #takePreview(kinds: { camera: boolean; microphone: boolean }): ReturnType<Preview['take']> {
    const tracks = this.#preview?.take() ?? {};
    this.#preview = undefined;
    for (const kind of ['camera', 'microphone'] as const) {
      if (kinds[kind]) continue;
      tracks[kind]?.stop();
      delete tracks[kind];
    }
    return tracks;
  }
}
