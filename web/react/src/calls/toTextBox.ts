// SPDX-License-Identifier: Apache-2.0
/** To where one writes, once the page behind a call is there again. */
export function toTextBox(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.cf-composer textarea')?.focus());
}
