// SPDX-License-Identifier: Apache-2.0
/** What this user may do on a call: the server's list, never guessed from a role. */
import { ConfabError, ErrorCode, type DeviceKind } from '../errors.ts';
import type { Observable } from '../store.ts';
import type { Capability, CallSettingsObject } from '../contract.ts';

const NEEDED: Record<DeviceKind, Capability> = { camera: 'send-video', microphone: 'send-audio', screenShare: 'screenshare' };

export class PermissionsContext {
  /** @internal */
  constructor(
    private readonly own: Observable<readonly string[]>,
    private readonly settings: Observable<CallSettingsObject | undefined>,
  ) {}

  hasPermission(capability: Capability | (string & {})): boolean {
    return this.own.get().includes(capability);
  }

  /** Whether asking for it makes sense: not had yet, and the call takes such requests. */
  canRequest(capability: Capability | (string & {})): boolean {
    const settings = this.settings.get();
    if (!settings || this.hasPermission(capability)) return false;
    if (capability === 'send-audio') return settings.audio.access_request_enabled;
    if (capability === 'send-video') return settings.video.access_request_enabled;
    return capability === 'screenshare' && settings.screensharing.access_request_enabled;
  }
}

/** Why a device may not be turned on; undefined: it may, or the server has not said yet. */
export function forbiddenDevice(kind: DeviceKind, own: readonly string[]): ConfabError | undefined {
  if (own.length === 0 || own.includes(NEEDED[kind])) return undefined;
  return new ConfabError(`This call does not give you the right ${NEEDED[kind]}. Ask with requestPermissions.`, {
    code: ErrorCode.notAllowed,
    statusCode: 403,
    unrecoverable: true,
  });
}

/** The devices whose right went away from one list to the next. */
export function revokedDevices(before: readonly string[], after: readonly string[]): DeviceKind[] {
  return (Object.keys(NEEDED) as DeviceKind[]).filter((kind) => before.includes(NEEDED[kind]) && !after.includes(NEEDED[kind]));
}
