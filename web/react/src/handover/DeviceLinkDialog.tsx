// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useState } from 'react';
import { useDeviceLink, useMessages, type DeviceLink } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { QrCode } from './QrCode.tsx';

type State = { is: 'making' } | { is: 'made'; link: DeviceLink } | { is: 'over' } | { is: 'failed'; error: unknown };

/** The link that signs one in on another device, as a QR code; with a call, into that. */
export function DeviceLinkDialog({ cid, onClose }: { cid?: string; onClose: () => void }) {
  const messages = useMessages();
  const t = messages.handover;
  const make = useDeviceLink();
  const [state, setState] = useState<State>({ is: 'making' });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((n) => n + 1), []);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current = true;
    setState({ is: 'making' });
    make?.(cid).then(
      (link) => {
        if (!current) return;
        setState({ is: 'made', link });
        timer = setTimeout(() => setState({ is: 'over' }), link.lifeMs);
      },
      (error: unknown) => current && setState({ is: 'failed', error }),
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [make, cid, round]);

  return (
    <Dialog title={cid === undefined ? t.titleSignIn : t.title} onClose={onClose}>
      <div className="cf-handover">
        <p>{cid === undefined ? t.scanSignIn : t.scan}</p>
        <div className="cf-handover__code" aria-live="polite">
          {state.is === 'making' && <Spinner label={messages.loading} />}
          {state.is === 'made' && <QrCode text={state.link.url} label={t.picture} />}
          {(state.is === 'over' || state.is === 'failed') && (
            <>
              <p>{state.is === 'over' ? t.over : errorText(state.error, messages)}</p>
              <button type="button" className="cf-button" onClick={again}>
                {state.is === 'over' ? t.renew : messages.retry}
              </button>
            </>
          )}
        </div>
        {state.is === 'made' && <Link url={state.link.url} />}
      </div>
    </Dialog>
  );
}

function Link({ url }: { url: string }) {
  const t = useMessages().handover;
  const toast = useToast();
  const { hostname } = new URL(url);
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  const clipboard = navigator.clipboard as Clipboard | undefined; // not on pages without https
  const copy = () => void clipboard?.writeText(url).then(() => toast(t.copied), () => {});
  return (
    <>
      {local && (
        <p className="cf-handover__warning">
          <Icon name="alert" size={18} />
          <span>{t.localOnly(hostname)}</span>
        </p>
      )}
      <p className="cf-handover__once">{t.once}</p>
      {clipboard && (
        <button type="button" className="cf-button cf-button--quiet" onClick={copy}>
          <Icon name="copy" size={18} /> {t.copy}
        </button>
      )}
    </>
  );
}
