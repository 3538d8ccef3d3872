// SPDX-License-Identifier: Apache-2.0
import { useMessages, useShortcuts } from '../context.tsx';
import type { Picking } from './usePicking.ts';

/** Chooses a conversation of the list; shown on hover, and once one is chosen. By keyboard X does it, so that Tab need not pass each. */
export function PickBox({ picking, id, name }: { picking: Picking; id: string; name: string }) {
  const t = useMessages().support;
  const shortcuts = useShortcuts();
  return (
    <label className="cf-pick">
      <input
        type="checkbox"
        aria-label={t.bulk.pick(name)}
        tabIndex={shortcuts && picking.picked.size === 0 ? -1 : 0}
        checked={picking.picked.has(id)}
        onChange={(event) => picking.toggle(id, (event.nativeEvent as Partial<MouseEvent>).shiftKey === true)}
      />
    </label>
  );
}
