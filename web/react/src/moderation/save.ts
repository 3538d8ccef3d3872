// SPDX-License-Identifier: Apache-2.0
import type { ChatApi, ExportFormat } from '@confab/client';

/** Offers the conversation as a file to keep. Rejects when it could not be had. */
export async function saveConversation(chat: ChatApi, conversationId: string, format: ExportFormat): Promise<void> {
  const url = URL.createObjectURL(await chat.export(conversationId, format));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${conversationId.replace(/[^a-z0-9@_.-]/g, '_')}.${format}`;
  document.body.append(link); // Firefox follows no link outside of the page
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser may still be reading
}
