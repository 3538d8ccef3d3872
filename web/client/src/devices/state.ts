// SPDX-License-Identifier: Apache-2.0
/** What a device is and is about to be, observable. */
import type { ConfabError } from '../errors.ts';
import { Store, type Observable } from '../store.ts';
import type { Permission } from './browser.ts';

/** Undefined: nobody decided yet; what the person chose last time, or else the call type's default, holds at join. */
export type DeviceStatus = 'enabled' | 'disabled' | undefined;

/** @internal The writable side. */
export class DeviceStores {
  readonly status = new Store<DeviceStatus>(undefined);
  readonly optimistic = new Store<DeviceStatus>(undefined);
  readonly error = new Store<ConfabError | undefined>(undefined);
  readonly selected = new Store<string | undefined>(undefined);
  readonly track = new Store<MediaStreamTrack | undefined>(undefined);
}

export class DeviceState {
  /** Changes only when the device really changed. */
  readonly status$: Observable<DeviceStatus>;
  /** Changes at once, for the button. */
  readonly optimisticStatus$: Observable<DeviceStatus>;
  /** Why the last order failed, or the device went away by itself; undefined once an order worked. */
  readonly error$: Observable<ConfabError | undefined>;
  /** The deviceId of the last `select` that worked; undefined: whichever the browser takes. */
  readonly selectedDevice$: Observable<string | undefined>;
  /** The device's own picture or sound while it is on, also in a preview. */
  readonly track$: Observable<MediaStreamTrack | undefined>;

  constructor(
    stores: DeviceStores,
    /** Whether the browser lets the page use it: look before asking, the person gets one question. */
    readonly permission$: Observable<Permission>,
  ) {
    this.status$ = stores.status;
    this.optimisticStatus$ = stores.optimistic;
    this.error$ = stores.error;
    this.selectedDevice$ = stores.selected;
    this.track$ = stores.track;
  }

  get status(): DeviceStatus {
    return this.status$.get();
  }
  get optimisticStatus(): DeviceStatus {
    return this.optimisticStatus$.get();
  }
  get error(): ConfabError | undefined {
    return this.error$.get();
  }
  get selectedDevice(): string | undefined {
    return this.selectedDevice$.get();
  }
  get track(): MediaStreamTrack | undefined {
    return this.track$.get();
  }
  /** Known only while `permission$` has a listener. */
  get permission(): Permission {
    return this.permission$.get();
  }
}
