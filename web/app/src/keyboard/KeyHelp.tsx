// SPDX-License-Identifier: Apache-2.0
import { IconButton, useModal } from '@confab/react';
import { useRef } from 'react';
import { createPortal } from 'react-dom';
import { useTexts } from '../texts/index.ts';
import { KEY_MAP } from './keyMap.ts';

/** Every key there is; the team's for the team. Escape closes. */
export function KeyHelp({ team, onClose }: { team: boolean; onClose: () => void }) {
  const texts = useTexts();
  const dialog = useRef<HTMLDivElement>(null);
  useModal(dialog);
  return createPortal(
    <div className="key-help__shade" ref={dialog} tabIndex={-1} role="dialog" aria-modal="true" aria-labelledby="key-help-title" onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <div className="key-help">
        <header>
          <h2 id="key-help-title">{texts.keyHelp}</h2>
          <IconButton icon="close" label={texts.close} onClick={onClose} />
        </header>
        {KEY_MAP.filter(({ group }) => team || group !== 'team').map(({ group, keys }) => (
          <section key={group} aria-labelledby={`key-${group}`}>
            <h3 id={`key-${group}`}>{texts.keyGroups[group]}</h3>
            <dl>
              {keys.map(({ deed, combination }) => (
                <div key={deed}>
                  <dt>
                    {combination.map((key, i) => (
                      <kbd key={i}>{texts.keyNames[key] ?? key}</kbd>
                    ))}
                  </dt>
                  <dd>{texts.keyDeeds[deed]}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </div>,
    document.body,
  );
}
