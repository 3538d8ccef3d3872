// SPDX-License-Identifier: Apache-2.0
import { Icon, useToast, type IconName } from '@confab/react';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/index.ts';
import { SETTINGS, TEAM } from '../useRoute.ts';

/** For the team, as long as nobody has written: what is left to do until customers can. */
export function Welcome() {
  const { first } = useTexts();
  const toast = useToast();
  const tag = `<script src="${location.origin}/widget.js" async></script>`;
  const copy = () => void navigator.clipboard.writeText(tag).then(() => toast(first.copied), () => {});
  return (
    <section className="app-first" aria-labelledby="app-first">
      <h2 id="app-first">{first.title}</h2>
      <p className="app-first__hint">{first.hint}</p>
      <ol role="list">
        <Step icon="chat" title={first.widget} hint={first.widgetHint('--widget-origin')}>
          <div className="app-first__tag">
            {/* a finger or the arrow keys move it, a click chooses all of it */}
            <code dir="ltr" tabIndex={0} role="group" aria-label={first.widget}>
              {tag}
            </code>
            {'clipboard' in navigator && (
              <button type="button" className="cf-button cf-button--small cf-button--quiet" onClick={copy}>
                <Icon name="copy" size={18} /> {first.copy}
              </button>
            )}
          </div>
        </Step>
        <Step icon="clock" title={<a href={TEAM}>{first.team}</a>} hint={first.teamHint} />
        <Step icon="camera" title={<a href={SETTINGS}>{first.devices}</a>} hint={first.devicesHint} />
      </ol>
    </section>
  );
}

function Step({ icon, title, hint, children }: { icon: IconName; title: ReactNode; hint: string; children?: ReactNode }) {
  return (
    <li className="app-first__step">
      <span className="app-first__icon">
        <Icon name={icon} size={20} />
      </span>
      <div className="app-first__what">
        <h3>{title}</h3>
        <p>{hint}</p>
        {children}
      </div>
    </li>
  );
}
