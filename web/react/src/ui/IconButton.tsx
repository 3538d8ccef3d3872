// SPDX-License-Identifier: Apache-2.0
import type { ButtonHTMLAttributes } from 'react';
import { Icon, type IconName } from './Icon.tsx';

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'children'> {
  icon: IconName;
  /** The name of the button, also shown as its tooltip. */
  label: string;
  look?: 'plain' | 'accent' | 'call' | 'callOff' | 'danger';
}

export function IconButton({ icon, label, look = 'plain', ...rest }: IconButtonProps) {
  return (
    <button type="button" className={`cf-iconbutton cf-iconbutton--${look}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}
