// SPDX-License-Identifier: Apache-2.0
import type { Call, DeviceStatus } from '@confab/client';
import { useEffect, useState } from 'react';
import { useMessages } from '../context.tsx';

/** What just became of one's microphone, camera or screen, for a live region: a button's new name alone is not read out. */
export function useToggleWords(call: Call): string {
  const t = useMessages();
  const [words, setWords] = useState('');
  useEffect(() => {
    const said: Record<'microphone' | 'camera' | 'screenShare', readonly [string, string]> = {
      microphone: [t.microphoneIsOn, t.microphoneIsOff],
      camera: [t.cameraIsOn, t.cameraIsOff],
      screenShare: [t.youAreSharing, t.sharingEnded],
    };
    const stops = (['microphone', 'camera', 'screenShare'] as const).map((kind) => {
      const status = call[kind].state.status$;
      let before: DeviceStatus = status.get();
      return status.onChange(() => {
        const now = status.get();
        // from nothing to off is not worth a word: it was never on
        if (now === 'enabled' || before === 'enabled') setWords(now === 'enabled' ? said[kind][0] : said[kind][1]);
        before = now;
      });
    });
    return () => stops.forEach((stop) => stop());
  }, [call, t]);
  return words;
}
