// SPDX-License-Identifier: Apache-2.0
import type { ReportsResponse, VideoClient } from '@confab/client';
import { useCallback, useEffect, useState } from 'react';

/** Calls back at once, with every change, and when the connection is back, since some may have been missed; `open`: when it is known. */
function useReportNews(client: VideoClient | undefined, onNews: (open?: number) => void): void {
  useEffect(() => {
    if (!client) return;
    onNews();
    const stops = [
      client.on('reports.updated', ({ open }) => onNews(open)),
      client.on('connection.changed', ({ state }) => {
        if (state === 'connected') onNews();
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, [client, onNews]);
}

/** What the team is asked to look at. Undefined until it is known. */
export function useReports(client: VideoClient): { reports: ReportsResponse | undefined; reload: () => void } {
  const [reports, setReports] = useState<ReportsResponse>();
  const reload = useCallback(() => void client.moderation.reports().then(setReports, () => {}), [client]);
  useReportNews(client, reload);
  return { reports, reload };
}

/** How many messages that are; 0 without a client, for who is not of the team. */
export function useOpenReports(client: VideoClient | undefined): number {
  const [open, setOpen] = useState(0);
  const onNews = useCallback(
    (known?: number) => {
      if (known !== undefined) setOpen(known);
      else void client?.moderation.openReports().then(setOpen, () => {});
    },
    [client],
  );
  useReportNews(client, onNews);
  return client ? open : 0;
}
