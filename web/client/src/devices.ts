// SPDX-License-Identifier: Apache-2.0
/** What the SDK asks of navigator.mediaDevices, and the words for what goes wrong. The only file that knows it. */
import { DeviceError, type DeviceErrorReason, type DeviceKind } from './errors.ts';

const NAMES: Record<DeviceKind, string> = { camera: 'camera', microphone: 'microphone', screenShare: 'screen' };

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
  unknown: (name) => `The ${name} could not be started.`,
};

/** Maps what getUserMedia or getDisplayMedia threw. */
export function toDeviceError(kind: DeviceKind, cause: unknown): DeviceError {
  if (cause instanceof DeviceError) return cause;
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : '';
  const insecure = typeof isSecureContext !== 'undefined' && !isSecureContext;
  const reason = insecure ? 'insecure' : (REASONS[name] ?? 'unknown');
  return new DeviceError(kind, reason, TEXTS[reason](NAMES[kind]), cause);
}

/** False on plain HTTP outside localhost, where browsers hide cameras. */
export function devicesAvailable(): boolean {
  return typeof navigator !== 'undefined' && typeof navigator.mediaDevices?.getUserMedia === 'function';
}

export function screenShareAvailable(): boolean {
  return typeof navigator !== 'undefined' && typeof navigator.mediaDevices?.getDisplayMedia === 'function';
}

/** Cameras or microphones that are there now; labels are empty until permission was given. */
export async function listDevices(kind: 'camera' | 'microphone'): Promise<MediaDeviceInfo[]> {
  if (!devicesAvailable()) return [];
  const wanted = kind === 'camera' ? 'videoinput' : 'audioinput';
  return (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === wanted);
}
