// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import type { Drawn } from './qr.ts';

/** Black on white in every theme: readers want it so. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const [code, setCode] = useState<Drawn | undefined>();
  useEffect(() => {
    let current = true;
    import('./qr.ts').then(({ drawn }) => current && setCode(drawn(text)), () => {}); // the link itself is beside it
    return () => {
      current = false;
    };
  }, [text]);
  return (
    <div className="cf-qr" role="img" aria-label={label}>
      {code && (
        <svg viewBox={`0 0 ${code.size} ${code.size}`} shapeRendering="crispEdges" aria-hidden="true" focusable="false">
          <path d={code.path} />
        </svg>
      )}
    </div>
  );
}
