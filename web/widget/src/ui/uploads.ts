// SPDX-License-Identifier: Apache-2.0
import { ConfabError, type AttachmentObject } from '@confab/client';
import { useRef, useState } from 'preact/hooks';
import { useAround } from './context.ts';

/** The server's limits. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 10;

/** A file that was chosen, on its way to the server or there. */
export interface Upload {
  readonly key: string;
  readonly name: string;
  readonly attachment: AttachmentObject | undefined;
}

export interface Uploads {
  readonly list: readonly Upload[];
  /** None is on its way any more. */
  readonly ready: boolean;
  /** Why the last file does not go along. */
  readonly problem: string | undefined;
  add(files: Iterable<File>): void;
  remove(key: string): void;
  /** What is there, and an empty list from now on. */
  take(): AttachmentObject[];
}

/** Files go to the server as soon as they are chosen, so that sending the message takes no time. */
export function useUploads(): Uploads {
  const { widget, t } = useAround();
  const [list, setList] = useState<readonly Upload[]>([]);
  const [problem, setProblem] = useState<string | undefined>();
  const count = useRef(0);

  const remove = (key: string) => setList((now) => now.filter((upload) => upload.key !== key));
  const start = async (file: File): Promise<void> => {
    const name = file.name || 'file';
    if (file.size > MAX_BYTES) return setProblem(t.fileTooLarge(name));
    if (file.size === 0) return setProblem(t.fileEmpty(name));
    const key = String(count.current++);
    setList((now) => [...now, { key, name, attachment: undefined }]);
    try {
      const connected = await widget.connect(true);
      if (!connected) throw new Error('not connected');
      const attachment = await connected.client.chat.attach(connected.me.id, file, name);
      setList((now) => now.map((upload) => (upload.key === key ? { ...upload, attachment } : upload)));
    } catch (error) {
      remove(key);
      setProblem(error instanceof ConfabError && error.statusCode > 0 ? error.message : t.fileFailed(name));
    }
  };
  const add = (files: Iterable<File>) => {
    const chosen = [...files];
    setProblem(list.length + chosen.length > MAX_FILES ? t.tooManyFiles(MAX_FILES) : undefined);
    for (const file of chosen.slice(0, MAX_FILES - list.length)) void start(file);
  };
  const take = () => {
    setList([]);
    setProblem(undefined);
    return list.flatMap(({ attachment }) => attachment ?? []);
  };
  return { list, ready: list.every(({ attachment }) => attachment), problem, add, remove, take };
}
