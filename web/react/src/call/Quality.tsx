// SPDX-License-Identifier: Apache-2.0
import type { ConnectionQuality } from '@confab/client';
import { useMessages } from '../context.tsx';
import { useLasting } from '../hooks/useCallStateHooks.ts';
import { Icon } from '../ui/Icon.tsx';

/** A warning only: a good connection is nobody's business. */
export function Quality({ quality }: { quality: ConnectionQuality }) {
  const t = useMessages();
  const bad = useLasting(quality === 'poor' || quality === 'lost', 3000);
  if (!bad) return null;
  return (
    <span className="cf-tile__quality" role="img" aria-label={quality === 'lost' ? t.connectionLost : t.connectionPoor}>
      <Icon name="alert" size={16} />
    </span>
  );
}
