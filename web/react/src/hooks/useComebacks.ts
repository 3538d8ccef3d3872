// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useVideoClient } from '../context.tsx';

/** How often the connection, or the network, came back: what could not be loaded is asked for again then. */
export function useComebacks(): number {
  const client = useVideoClient();
  const [count, setCount] = useState(0);
  useEffect(() => {
    const back = () => setCount((n) => n + 1);
    const stop = client.on('connection.changed', ({ state }) => state === 'connected' && back());
    window.addEventListener('online', back);
    return () => {
      stop();
      window.removeEventListener('online', back);
    };
  }, [client]);
  return count;
}
