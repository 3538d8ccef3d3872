// SPDX-License-Identifier: Apache-2.0
import type { AttachmentObject } from '@confab/client';
import { useMessages, useVideoClient } from '../context.tsx';
import { fileSize } from '../format.ts';
import { Icon } from '../ui/Icon.tsx';
import { VoiceNote } from '../voice/VoiceNote.tsx';

/** The files of a message: pictures, sound and video in place, everything else to save. */
export function Attachments({ attachments }: { attachments: readonly AttachmentObject[] }) {
  return (
    <div className="cf-files">
      {attachments.map((attachment) => (
        <Attachment key={attachment.id} attachment={attachment} />
      ))}
    </div>
  );
}

/** The room that a picture has in a conversation. */
const PICTURE = { width: 340, height: 320 };

/** What the picture takes there: all of it is seen, and none is made larger. */
function fit(width: number | undefined, height: number | undefined) {
  if (!width || !height) return {};
  const scale = Math.min(1, PICTURE.width / width, PICTURE.height / height);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function Attachment({ attachment }: { attachment: AttachmentObject }) {
  const t = useMessages();
  const { chat } = useVideoClient();
  const { name, mime_type: type, size, width, height, voice } = attachment;
  const url = chat.urlOf(attachment);
  if (voice) {
    const load = async () => (await fetch(url)).arrayBuffer();
    return <VoiceNote load={load} durationMs={voice.duration_ms} waveform={voice.waveform} url={url} />;
  }
  if (type.startsWith('image/')) {
    return (
      <a className="cf-files__picture" href={url} target="_blank" rel="noopener noreferrer">
        {/* the place is kept while it loads, so that nothing jumps */}
        <img src={url} alt={t.picture(name)} {...fit(width, height)} loading="lazy" decoding="async" />
      </a>
    );
  }
  if (type.startsWith('video/')) return <video className="cf-files__video" src={url} controls preload="metadata" aria-label={name} />;
  if (type.startsWith('audio/')) return <audio src={url} controls preload="metadata" aria-label={name} />;
  return (
    <a className="cf-files__file" href={url} download={name}>
      <Icon name="file" size={22} />
      <span className="cf-files__name">{name}</span>
      <span className="cf-files__size">{fileSize(size, t)}</span>
    </a>
  );
}
