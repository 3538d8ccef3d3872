// SPDX-License-Identifier: Apache-2.0
/** A window above all others: one of our own content where the browser offers it, else the browser's own of one video. */

interface DocumentPictureInPicture {
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}

const ours = (): DocumentPictureInPicture | undefined =>
  (globalThis as { documentPictureInPicture?: DocumentPictureInPicture }).documentPictureInPicture;

export type PictureKind = 'document' | 'video' | undefined;

export function pictureKind(): PictureKind {
  if (typeof document === 'undefined') return undefined;
  return ours() ? 'document' : document.pictureInPictureEnabled ? 'video' : undefined;
}

/** An empty window dressed like this page. Must be asked for within a click or a key. */
export async function openPicture(): Promise<Window> {
  const picture = await (ours() as DocumentPictureInPicture).requestWindow({ width: 360, height: 260 });
  const { document: there } = picture;
  const { lang, dir, dataset } = document.documentElement;
  Object.assign(there.documentElement, { lang, dir });
  Object.assign(there.documentElement.dataset, dataset);
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"], style')) there.head.append(sheet.cloneNode(true));
  return picture;
}
