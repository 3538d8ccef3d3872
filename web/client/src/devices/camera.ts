// SPDX-License-Identifier: Apache-2.0
import { Store, type Observable } from '../store.ts';
import type { Facing, Permission } from './browser.ts';
import { DeviceManager, type DeviceContext, type DeviceHost } from './manager.ts';
import { DeviceState, type DeviceStores } from './state.ts';

/** Which way the camera looks; undefined: nobody asked. */
export type CameraDirection = 'front' | 'back' | undefined;

export class CameraState extends DeviceState {
  constructor(
    stores: DeviceStores,
    permission: Observable<Permission>,
    readonly direction$: Observable<CameraDirection>,
  ) {
    super(stores, permission);
  }
  get direction(): CameraDirection {
    return this.direction$.get();
  }
}

const FACING: Record<'front' | 'back', Facing> = { front: 'user', back: 'environment' };

export class CameraManager extends DeviceManager<CameraState> {
  readonly #direction: Store<CameraDirection>;

  /** @internal Made by Call. */
  constructor(context: DeviceContext) {
    const direction = new Store<CameraDirection>(undefined);
    super('camera', context, (stores, permission) => new CameraState(stores, permission, direction));
    this.#direction = direction;
  }

  /** On a phone: the camera on the other side. Rejects with DeviceError, and the picture stays as it was. */
  flip(): Promise<void> {
    return this.selectDirection(this.#direction.get() === 'back' ? 'front' : 'back');
  }

  /** Wished for before or during a call. Rejects with DeviceError. */
  async selectDirection(direction: 'front' | 'back'): Promise<void> {
    await this.host?.face(FACING[direction]);
    this.#direction.set(direction);
    this.showTrack();
  }

  /** @internal */
  override attach(host: DeviceHost, prepared?: string): void {
    const direction = this.#direction.get();
    if (direction) host.face(FACING[direction]).catch((error: unknown) => this.context.log.warn(String(error)));
    super.attach(host, prepared);
  }
}
