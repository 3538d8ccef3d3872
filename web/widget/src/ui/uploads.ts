// SPDX-License-Identifier: Apache-2.0
import { ConfabError, type UnsentFile } from '@confab/client';
import { useRef, useState } from 'preact/hooks';
import { useAround } from './context.ts';
import { refusedText } from './refused.ts';

/** The server's limits. */
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 10;

/** A file that was chosen. */
export interface Upload extends UnsentFile {
  readonly key: string;
  /** It can be sent: it is on the server, or there is no connection and it goes with the message later. */
  readonly ready: boolean;
}

export interface Uploads {
  readonly list: readonly Upload[];
  /** None is on its way any more. */
  readonly ready: boolean;
  /** Why the last file does not go along. */
  readonly problem: string | undefined;
  add(files: Iterable<File>): void;
  remove(key: string): void;
  /** What is ready, and an empty list from now on. */
  take(): UnsentFile[];
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
    const become = (change: Partial<Upload>) => setList((now) => now.map((upload) => (upload.key === key ? { ...upload, ...change } : upload)));
    setList((now) => [...now, { key, name, file, ready: false }]);
    try {
      const connected = await widget.connect(true);
      const attachment = await connected?.client.chat.attach(connected.me.id, file, name);
      become({ attachment, ready: true });
    } catch (error) {
      if (error instanceof ConfabError && error.statusCode === 0) return become({ ready: true });
      remove(key);
      setProblem(refusedText(error, t, t.fileFailed(name)));
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
    return list.filter(({ ready }) => ready).map(({ name, file, attachment }) => ({ name, file, attachment }));
  };
  return { list, ready: list.every(({ ready }) => ready), problem, add, remove, take };
}
