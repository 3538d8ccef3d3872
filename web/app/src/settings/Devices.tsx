// SPDX-License-Identifier: Apache-2.0
import { DevicePickers, MicLevel, playChime, useMessages, useObservable, useVideoClient, VideoView } from '@confab/react';
import type { Call } from '@confab/client';
import { useEffect, useState } from 'react';
import { useTexts } from '../texts/index.ts';

/** Never joined: only its devices are used, and what is chosen there is remembered for every call. */
const TEST_CALL = 'device-test';

/** Camera, microphone and speaker. They are switched on when the person asks for it, not by opening the page. */
export function Devices() {
  const texts = useTexts();
  const client = useVideoClient();
  const call = client.call('default', TEST_CALL);
  const [testing, setTesting] = useState(false);
  useEffect(() => {
    // calls that are known already, and the one that goes on, follow
    const stops = (['camera', 'microphone', 'speaker'] as const).map((kind) =>
      call[kind].state.selectedDevice$.onChange(() => {
        const chosen = call[kind].state.selectedDevice ?? '';
        for (const other of client.state.calls) if (other !== call) other[kind].select(chosen).catch(() => {});
      }),
    );
    return () => stops.forEach((stop) => stop());
  }, [client, call]);
  return (
    <>
      <DevicePickers call={call} />
      <div className="set-buttons">
        <button type="button" className="cf-button cf-button--quiet" aria-expanded={testing} onClick={() => setTesting(!testing)}>
          {testing ? texts.testEnd : texts.testCamera}
        </button>
        <button type="button" className="cf-button cf-button--quiet" onClick={() => playChime(call.speaker)}>
          {texts.testSpeaker}
        </button>
      </div>
      {testing && <Test call={call} />}
    </>
  );
}

function Test({ call }: { call: Call }) {
  const t = useMessages();
  const picture = useObservable(call.camera.state.track$);
  const sound = useObservable(call.microphone.state.track$);
  useEffect(() => {
    call.startPreview();
    return () => call.stopPreview();
  }, [call]);
  return (
    <div className="set-test">
      <div className="set-test__picture cf-tile" role="group" aria-label={t.preview}>
        <VideoView track={picture} mirrored />
      </div>
      <MicLevel track={sound} />
    </div>
  );
}
