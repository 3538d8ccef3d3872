// SPDX-License-Identifier: Apache-2.0
/** For what has the focus and is about to go: afterwards the list of members takes it, so that keys still arrive in the dialog. */
export function handFocus(from: Element): () => void {
  const list = from.closest('[role="dialog"]')?.querySelector<HTMLElement>('.cf-group__members');
  return () => list?.focus();
}
