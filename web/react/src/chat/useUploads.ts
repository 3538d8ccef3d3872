// SPDX-License-Identifier: Apache-2.0
import { ConfabError, type UnsentFile } from '@confab/client';
import { useCallback, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { useToast } from '../ui/Toasts.tsx';

/** The server's limits. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 10;

/** A file that was chosen. */
export interface Upload extends UnsentFile {
  readonly key: string;
  /** It can be sent: it is on the server, or there is no connection and it goes with the message later. */
  readonly ready: boolean;
}

interface Uploads {
  uploads: readonly Upload[];
  /** None is on its way any more. */
  ready: boolean;
  add(files: Iterable<File>): void;
  remove(key: string): void;
  /** What is ready, and an empty list from now on. */
  take(): UnsentFile[];
}

/** Files go to the server as soon as they are chosen, so that sending the message takes no time. */
export function useUploads(conversationId: string): Uploads {
  const t = useMessages();
  const toast = useToast();
  const { chat } = useVideoClient();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);

  const remove = useCallback((key: string) => setUploads((list) => list.filter((upload) => upload.key !== key)), []);
  const start = (file: File) => {
    const key = `${file.name}-${Math.random()}`;
    const name = file.name || 'file';
    if (file.size > MAX_BYTES) return toast(t.fileTooLarge(name), 'problem');
    if (file.size === 0) return toast(t.fileEmpty(name), 'problem');
    const become = (change: Partial<Upload>) => setUploads((list) => list.map((upload) => (upload.key === key ? { ...upload, ...change } : upload)));
    setUploads((list) => [...list, { key, name, file, ready: false }]);
    chat.attach(conversationId, file, name).then(
      (attachment) => become({ attachment, ready: true }),
      (error: unknown) => {
        if (error instanceof ConfabError && error.statusCode === 0) return become({ ready: true });
        remove(key);
        toast(errorText(error, t, t.fileFailed(name)), 'problem');
      },
    );
  };
  const add = (files: Iterable<File>) => {
    const list = [...files];
    if (uploads.length + list.length > MAX_FILES) toast(t.tooManyFiles(MAX_FILES), 'problem');
    for (const file of list.slice(0, MAX_FILES - uploads.length)) start(file);
  };
  const take = () => {
    const there = uploads.filter(({ ready }) => ready).map(({ name, file, attachment }) => ({ name, file, attachment }));
    setUploads([]);
    return there;
  };
  return { uploads, ready: uploads.every(({ ready }) => ready), add, remove, take };
}
