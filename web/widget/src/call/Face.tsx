/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { hueOf, initialsOf } from '@confab/react/plain';

/** Stands for somebody whose picture is not there: their initials, in a colour of their own. Their name is said beside it. */
export function Face({ id, name }: { id: string; name: string }) {
  return (
    <span class="face" data-hue={hueOf(id)} aria-hidden="true">
      <span>{initialsOf(name || id)}</span>
    </span>
  );
}
