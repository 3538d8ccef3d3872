// SPDX-License-Identifier: Apache-2.0
import { ConfabError, type AttachmentObject } from '@confab/client';
import { useCallback, useState } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { useToast } from '../ui/Toasts.tsx';

/** The server's limits. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 10;

/** A file that was chosen, on its way to the server or there. */
export interface Upload {
  readonly key: string;
  readonly name: string;
  readonly attachment: AttachmentObject | undefined;
}

interface Uploads {
  uploads: readonly Upload[];
  /** None is on its way any more. */
  ready: boolean;
  add(files: Iterable<File>): void;
  remove(key: string): void;
  /** What is there, and an empty list from now on. */
  take(): AttachmentObject[];
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
    if (file.size > MAX_BYTES) return toast(t.fileTooLarge(name));
    if (file.size === 0) return toast(t.fileEmpty(name));
    setUploads((list) => [...list, { key, name, attachment: undefined }]);
    chat.attach(conversationId, file, name).then(
      (attachment) => setUploads((list) => list.map((upload) => (upload.key === key ? { ...upload, attachment } : upload))),
      (error: unknown) => {
        remove(key);
        toast(error instanceof ConfabError && error.statusCode > 0 ? error.message : t.fileFailed(name));
      },
    );
  };
  const add = (files: Iterable<File>) => {
    const list = [...files];
    if (uploads.length + list.length > MAX_FILES) toast(t.tooManyFiles(MAX_FILES));
    for (const file of list.slice(0, MAX_FILES - uploads.length)) start(file);
  };
  const take = () => {
    const there = uploads.flatMap(({ attachment }) => attachment ?? []);
    setUploads([]);
    return there;
  };
  return { uploads, ready: uploads.every(({ attachment }) => attachment), add, remove, take };
}
