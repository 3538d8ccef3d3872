// SPDX-License-Identifier: Apache-2.0
import { useId } from 'react';
import { useMessages } from '../context.tsx';
import { Icon } from './Icon.tsx';

interface StarsProps {
  /** What is asked. */
  legend: string;
  /** 0: none yet. */
  value: number;
  onChange: (stars: number) => void;
}

/** One to five. */
export function Stars({ legend, value, onChange }: StarsProps) {
  const names = useMessages().support.stars;
  const group = useId();
  return (
    <fieldset className="cf-rate__stars">
      <legend>{legend}</legend>
      {names.map((name, i) => (
        <label key={name} className={i < value ? 'cf-rate__star cf-rate__star--on' : 'cf-rate__star'}>
          <input type="radio" name={group} className="cf-hidden" checked={value === i + 1} onChange={() => onChange(i + 1)} aria-label={name} />
          <Icon name="star" size={28} />
        </label>
      ))}
    </fieldset>
  );
}
