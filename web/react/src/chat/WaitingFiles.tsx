// SPDX-License-Identifier: Apache-2.0
import type { UnsentFile } from '@confab/client';
import { useEffect, useState } from 'react';
import { useMessages } from '../context.tsx';
import { fileSize } from '../format.ts';
import { Icon } from '../ui/Icon.tsx';

/** The files of a message that waits, as far as they are not on the server: pictures as they are, else the name. */
export function WaitingFiles({ files }: { files: readonly UnsentFile[] }) {
  return (
    <div className="cf-files">
      {files.map((file, i) => (
        <WaitingFile key={i} {...file} />
      ))}
    </div>
  );
}

function WaitingFile({ name, file, voice }: UnsentFile) {
  const t = useMessages();
  const [url, setUrl] = useState<string | undefined>();
  const picture = file?.type.startsWith('image/') ? file : undefined;
  useEffect(() => {
    if (!picture) return;
    const made = URL.createObjectURL(picture);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  if (url !== undefined) {
    return (
      <span className="cf-files__picture">
        <img src={url} alt={t.picture(name)} onError={() => setUrl(undefined)} />
      </span>
    );
  }
  return (
    <span className="cf-files__file">
      <Icon name={voice ? 'mic' : 'file'} size={22} />
      <span className="cf-files__name" dir="auto">
        {voice ? t.voice.preview : name}
      </span>
      {file && <span className="cf-files__size">{fileSize(file.size, t)}</span>}
    </span>
  );
}
