/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
import { Icon } from '../ui/Icon.tsx';
import { useAround } from '../ui/context.ts';

/** One to five; 0: none yet. */
export function Stars({ legend, value, onChange }: { legend: string; value: number; onChange: (stars: number) => void }) {
  const { t } = useAround();
  return (
    <fieldset class="rate-stars">
      <legend>{legend}</legend>
      {t.stars.map((name, i) => (
        <label key={name} class={`rate-star ${i < value ? 'is-on' : ''}`} title={name}>
          <input type="radio" name="rating" class="hidden" checked={value === i + 1} aria-label={name} onChange={() => onChange(i + 1)} />
          <Icon name="star" size={28} />
        </label>
      ))}
    </fieldset>
  );
}
