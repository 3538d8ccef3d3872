// SPDX-License-Identifier: Apache-2.0
/** What the SDK asks of navigator.mediaDevices, and the words for what goes wrong. The only file that knows it. */
import { DeviceError, type DeviceErrorReason, type DeviceKind } from '../errors.ts';

/** What can be listed and chosen; for screens the browser asks by itself. */
export type ListedKind = 'camera' | 'microphone' | 'speaker';
/** Undefined: the browser does not say. */
export type Permission = 'prompt' | 'granted' | 'denied' | undefined;

/** Opens a camera or microphone. Rejects with DeviceError. Replaceable through `options.capture`. */
export type Capture = (kind: 'camera' | 'microphone', deviceId: string | undefined, facing?: Facing) => Promise<MediaStreamTrack>;
export type Facing = 'user' | 'environment';

const NAMES: Record<DeviceKind, string> = { camera: 'camera', microphone: 'microphone', screenShare: 'screen' };
const LISTED: Record<ListedKind, MediaDeviceKind> = { camera: 'videoinput', microphone: 'audioinput', speaker: 'audiooutput' };

const REASONS: Record<string, DeviceErrorReason> = {
  NotAllowedError: 'denied',
  PermissionDeniedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  DevicesNotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  TrackStartError: 'busy',
  AbortError: 'busy',
};

const TEXTS: Record<DeviceErrorReason, (name: string) => string> = {
  denied: (name) => `The browser was not allowed to use the ${name}.`,
  missing: (name) => `No ${name} was found.`,
  busy: (name) => `The ${name} is in use by another program.`,
  insecure: (name) => `The ${name} works only on a page with HTTPS, or on localhost.`,
  lost: (name) => `The ${name} was unplugged, or stopped working.`,
  unknown: (name) => `The ${name} could not be started.`,
};

/** Maps what getUserMedia or getDisplayMedia threw. */
export function toDeviceError(kind: DeviceKind, cause: unknown): DeviceError {
  if (cause instanceof DeviceError) return cause;
  const name = cause instanceof Error || (typeof DOMException !== 'undefined' && cause instanceof DOMException) ? cause.name : '';
  const insecure = typeof isSecureContext !== 'undefined' && !isSecureContext;
  return deviceError(kind, insecure ? 'insecure' : (REASONS[name] ?? 'unknown'), cause);
}

export function deviceError(kind: DeviceKind, reason: DeviceErrorReason, cause?: unknown): DeviceError {
  return new DeviceError(kind, reason, TEXTS[reason](NAMES[kind]), cause);
}

/** False on plain HTTP outside localhost, where browsers hide cameras. */
function devicesAvailable(): boolean {
  return typeof navigator !== 'undefined' && typeof navigator.mediaDevices?.getUserMedia === 'function';
}

export function screenShareAvailable(): boolean {
  return typeof navigator !== 'undefined' && typeof navigator.mediaDevices?.getDisplayMedia === 'function';
}

/** Devices that are there now; labels are empty until permission was given. */
export async function listDevices(kind: ListedKind): Promise<MediaDeviceInfo[]> {
  if (!devicesAvailable()) return [];
  return (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === LISTED[kind]);
}

/** Tells the list now, and again whenever something is plugged in or out. Returns the way to stop. */
export function watchDevices(kind: ListedKind, tell: (devices: readonly MediaDeviceInfo[]) => void): () => void {
  if (!devicesAvailable()) return () => {};
  let stopped = false;
  const look = () => void listDevices(kind).then((devices) => !stopped && tell(devices), () => {});
  navigator.mediaDevices.addEventListener?.('devicechange', look);
  look();
  return () => {
    stopped = true;
    navigator.mediaDevices.removeEventListener?.('devicechange', look);
  };
}

/** Tells the permission now and when it changes; nothing where the browser keeps it to itself. */
export function watchPermission(kind: 'camera' | 'microphone', tell: (permission: Permission) => void): () => void {
  if (typeof navigator === 'undefined' || !navigator.permissions?.query) return () => {};
  let status: PermissionStatus | undefined;
  let stopped = false;
  const changed = () => status && tell(status.state);
  navigator.permissions.query({ name: kind as PermissionName }).then(
    (found) => {
      if (stopped) return;
      status = found;
      found.addEventListener('change', changed);
      changed();
    },
    () => {}, // a browser that does not know the name
  );
  return () => {
    stopped = true;
    status?.removeEventListener('change', changed);
  };
}

/** Why a device that was on went away: the permission was taken back, or it was pulled out. */
export async function lostReason(kind: 'camera' | 'microphone'): Promise<'denied' | 'lost'> {
  if (typeof navigator === 'undefined' || !navigator.permissions?.query) return 'lost';
  const status = await navigator.permissions.query({ name: kind as PermissionName }).catch(() => undefined);
  return status?.state === 'denied' ? 'denied' : 'lost';
}

export const browserCapture: Capture = async (kind, deviceId, facing) => {
  if (!devicesAvailable()) throw deviceError(kind, typeof isSecureContext !== 'undefined' && !isSecureContext ? 'insecure' : 'missing');
  const wanted: MediaTrackConstraints = {};
  // wished for, not demanded: a device that was unplugged since then must not keep the person without one
  if (deviceId !== undefined) wanted.deviceId = { ideal: deviceId };
  if (facing !== undefined) wanted.facingMode = { ideal: facing };
  const constraints = kind === 'camera' ? { video: { ...wanted, width: { ideal: 1280 }, height: { ideal: 720 } } } : { audio: wanted };
  try {
    const track = (await navigator.mediaDevices.getUserMedia(constraints)).getTracks()[0];
    if (!track) throw deviceError(kind, 'missing');
    return track;
  } catch (cause) {
    throw toDeviceError(kind, cause);
  }
};
