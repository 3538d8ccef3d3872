// SPDX-License-Identifier: Apache-2.0
/** Whether this browser records at all. Where only https is missing it does: pressing the button then says so. */
export function recordsVoice(): boolean {
  return typeof MediaRecorder !== 'undefined' && typeof navigator !== 'undefined' && (!isSecureContext || navigator.mediaDevices !== undefined);
}
