// SPDX-License-Identifier: Apache-2.0
import { useMessages } from '../context.tsx';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import type { Upload } from './useUploads.ts';

/** Files that go with the message being written. */
export function UploadList({ uploads, onRemove }: { uploads: readonly Upload[]; onRemove: (key: string) => void }) {
  const t = useMessages();
  return (
    <ul className="cf-uploads" role="list" aria-label={t.attachments}>
      {uploads.map(({ key, name, ready }) => (
        <li key={key} className="cf-upload">
          {ready ? <Icon name="file" size={18} /> : <Spinner label={t.uploading(name)} />}
          <span className="cf-upload__name">{name}</span>
          <IconButton icon="close" label={t.removeFile(name)} onClick={() => onRemove(key)} />
        </li>
      ))}
    </ul>
  );
}
