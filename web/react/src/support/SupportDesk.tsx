// SPDX-License-Identifier: Apache-2.0
import { DeskStore } from '@confab/client';
import { useCallback, useEffect, useMemo } from 'react';
import { useMessages, useVideoClient } from '../context.tsx';
import { errorText } from '../errorText.ts';
import { useObservable } from '../hooks/useObservable.ts';
import { useToast } from '../ui/Toasts.tsx';
import { BansForm } from '../moderation/BansForm.tsx';
import { ReportsForm, type OnJump } from '../moderation/ReportsForm.tsx';
import { WordsForm } from '../moderation/WordsForm.tsx';
import { AuditLog } from './AuditLog.tsx';
import { CannedForm } from './CannedForm.tsx';
import { Figures } from './Figures.tsx';
import { HoursForm } from './HoursForm.tsx';
import { LabelsForm } from './LabelsForm.tsx';

interface SupportDeskProps {
  /** Goes to a reported message; without it that is not offered. */
  onJump?: OnJump;
}

/** For the team: how it does, what it is asked to look at, and what holds for its work. */
export function SupportDesk({ onJump }: SupportDeskProps) {
  const t = useMessages().support;
  const client = useVideoClient();
  const store = useMemo(() => new DeskStore(client), [client]);
  useEffect(() => {
    store.start();
    return () => store.stop();
  }, [store]);
  const { team, labels, canned } = useObservable(store.state$);
  return (
    <main className="cf-desk">
      <h1 className="cf-desk__title">{t.desk}</h1>
      <DeskIndex />
      <Figures />
      <ReportsForm onJump={onJump} />
      <CannedForm canned={canned} />
      <LabelsForm labels={labels} />
      <HoursForm />
      <WordsForm />
      <BansForm />
      <AuditLog team={team} />
    </main>
  );
}

/** Above a section that was gone to. */
const MARGIN_PX = 20;

/** The sections of the page, to go to. On a wide screen beside them. */
function DeskIndex() {
  const { support, moderation } = useMessages();
  const sections = {
    'cf-figures': support.figures.title,
    'cf-reports': moderation.reports,
    'cf-canned': support.canned,
    'cf-labels': support.labels,
    'cf-hours': support.hours,
    'cf-words': moderation.words,
    'cf-bans': moderation.bans,
    'cf-audit': support.audit,
  };
  const go = (id: string) => {
    const heading = document.getElementById(id);
    if (!heading) return;
    heading.tabIndex = -1; // the next Tab goes on from there
    heading.focus({ preventScroll: true });
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const [desk, section] = [heading.closest('.cf-desk'), heading.closest('section')];
    if (!desk || !section) return;
    // not scrollIntoView: on a phone that moves the page around it, too
    const top = section.getBoundingClientRect().top - desk.getBoundingClientRect().top - MARGIN_PX;
    desk.scrollBy({ top, behavior: calm ? 'instant' : 'smooth' });
  };
  return (
    <nav className="cf-desk__index" aria-label={support.desk}>
      {Object.entries(sections).map(([id, title]) => (
        <button key={id} type="button" onClick={() => go(id)}>
          {title}
        </button>
      ))}
    </nav>
  );
}

/** Says in a toast when it did not work, with the reason. Resolves with whether it did. */
export function useAttempt(): (deed: Promise<unknown>, done?: string) => Promise<boolean> {
  const t = useMessages();
  const toast = useToast();
  return useCallback(
    (deed, done) =>
      deed.then(
        () => {
          if (done !== undefined) toast(done);
          return true;
        },
        (error: unknown) => {
          toast(errorText(error, t), 'problem');
          return false;
        },
      ),
    [t, toast],
  );
}
