// SPDX-License-Identifier: Apache-2.0
import { DeviceManager, type DeviceContext } from './manager.ts';
import { DeviceState } from './state.ts';

/** A screen, window or tab, with its sound where the browser offers that. The browser asks which one each time. */
export class ScreenShareManager extends DeviceManager {
  /** @internal Made by Call. */
  constructor(context: DeviceContext) {
    super('screenShare', context, (stores, permission) => new DeviceState(stores, permission));
  }
}
