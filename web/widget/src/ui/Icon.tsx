/** @jsxImportSource preact */
// SPDX-License-Identifier: Apache-2.0
/** Icons: 24 × 24, drawn as lines in the colour of the text, hidden from screen readers (the button has the name). */

const PATHS = {
  chat: 'M12 4c5 0 9 3.300 9 7.500S17 19 12 19c-1 0-2-.1-2.900-.4L4.500 20.500l1-3.600C4 15.500 3 13.600 3 11.500 3 7.300 7 4 12 4Z',
  close: 'm6 6 12 12M18 6 6 18',
  down: 'm6 9 6 6 6-6',
  camera: 'M5.500 6h7a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3h-7a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3Zm10 4.700 4.600-2.900c.6-.4 1.400 0 1.400.8v6.800c0 .8-.8 1.200-1.400.8l-4.600-2.900',
  mic: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3Zm-6.500 8.500a6.500 6.500 0 0 0 13 0M12 18v3',
  hangUp: 'M12 8.200c-3.600 0-6.800 1.100-8.900 2.900-.9.8-1.100 2.100-.6 3.200l.7 1.400c.4.8 1.400 1.200 2.300.9l2.600-.9c.8-.3 1.300-1 1.300-1.900v-1.500a10 10 0 0 1 5.200 0v1.500c0 .9.5 1.600 1.300 1.900l2.600.9c.9.3 1.900-.1 2.300-.9l.7-1.400c.5-1.100.3-2.400-.6-3.200-2.100-1.800-5.300-2.900-8.900-2.900Z',
  send: 'm4.500 12-1.300-7.200c-.1-.7.6-1.300 1.300-1l16 7.300c.7.300.7 1.400 0 1.700l-16 7.300c-.7.300-1.400-.3-1.300-1L4.500 12Zm0 0h8',
  clip: 'm19.500 11.500-7.700 7.700a4.800 4.800 0 0 1-6.800-6.800l8-8a3.200 3.200 0 0 1 4.500 4.500l-8 8a1.600 1.600 0 0 1-2.200-2.300l7.300-7.300',
  file: 'M13.500 3.500H7A2.500 2.500 0 0 0 4.500 6v12A2.500 2.500 0 0 0 7 20.500h10a2.500 2.500 0 0 0 2.500-2.500V9.500l-6-6Zm0 0v6h6',
  check: 'm5 12.500 4.500 4.500L19 7.500',
  checks: 'm2.500 12.500 4.500 4.500 9-9.500m-4 8.500 1 1 9-9.500',
  clock: 'M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17Zm0 4V12l3 2',
  alert: 'M12 8v5m0 3.200v.1M10.300 4.200 2.900 17a2 2 0 0 0 1.700 3h14.800a2 2 0 0 0 1.700-3L13.700 4.200a2 2 0 0 0-3.400 0Z',
  star: 'm12 3.500 2.600 5.400 5.900.8-4.300 4.100 1 5.900-5.200-2.800-5.200 2.800 1-5.900-4.300-4.100 5.900-.8Z',
  play: 'M8 5.500v13l10.500-6.500L8 5.500Z',
  pause: 'M8.500 6v12M15.500 6v12',
  trash: 'M4 6.500h16M9 6.500V4.500h6v2m-9 0 1 13.500h10l1-13.500M10 10.500v6m4-6v6',
  flag: 'M6 21V4m0 1c3.500-2 7 2 12 0v9c-5 2-8.500-2-12 0',
} as const;

/** One of those that the chat needs, or another one, which comes with the code that shows it. */
export type IconName = keyof typeof PATHS | { path: string };

export function Icon({ name, size = 22 }: { name: IconName; size?: number }) {
  const solid = name === 'hangUp';
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false" class={typeof name === 'string' ? `icon icon-${name}` : 'icon'}>
      <path
        d={typeof name === 'string' ? PATHS[name] : name.path}
        fill={solid ? 'currentColor' : 'none'}
        stroke={solid ? 'none' : 'currentColor'}
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  class?: string;
  /** What it opens is there. */
  expanded?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

export function IconButton({ icon, label, class: look = '', expanded, disabled, onClick }: IconButtonProps) {
  return (
    <button type="button" class={`iconbutton ${look}`} aria-label={label} title={label} aria-expanded={expanded} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
