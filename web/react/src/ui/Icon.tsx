// SPDX-License-Identifier: Apache-2.0
/** Icons, drawn here: 24 × 24, in the colour of the text, hidden from screen readers (the button has the name). */
import type { ReactNode } from 'react';

const PATHS = {
  camera: (
    <>
      <rect x="2.5" y="6" width="13" height="12" rx="3" />
      <path d="m15.5 10.7 4.6-2.9c.6-.4 1.4 0 1.4.8v6.8c0 .8-.8 1.2-1.4.8l-4.6-2.9" />
    </>
  ),
  cameraOff: (
    <>
      <path d="M8.5 6h4a3 3 0 0 1 3 3v4m0 2.5c-.3 1.4-1.500 2.500-3 2.500h-7a3 3 0 0 1-3-3V9c0-1.200.8-2.300 1.900-2.800" />
      <path d="m15.500 10.700 4.600-2.900c.6-.4 1.400 0 1.400.8v6.800c0 .6-.5 1-1 1M3 3l18 18" />
    </>
  ),
  mic: (
    <>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3" />
    </>
  ),
  micOff: (
    <>
      <path d="M15 10.500V6a3 3 0 0 0-5.700-1.300M9 9v2a3 3 0 0 0 4.600 2.500" />
      <path d="M5.500 11.500a6.500 6.500 0 0 0 10.300 5.300m2-2.300c.5-.9.7-1.900.7-3M12 18v3M3 3l18 18" />
    </>
  ),
  screen: (
    <>
      <rect x="3" y="4" width="18" height="13" rx="2.500" />
      <path d="M12 13.500V8m0 0-2.300 2.300M12 8l2.300 2.300M8.500 20.500h7" />
    </>
  ),
  screenOff: (
    <>
      <rect x="3" y="4" width="18" height="13" rx="2.500" />
      <path d="m9.800 8.300 4.400 4.400m0-4.400-4.400 4.400M8.500 20.500h7" />
    </>
  ),
  hangUp: (
    <path
      fill="currentColor"
      stroke="none"
      d="M12 8.200c-3.600 0-6.800 1.100-8.900 2.900-.9.800-1.100 2.100-.6 3.200l.7 1.400c.4.800 1.400 1.200 2.300.9l2.600-.9c.8-.3 1.300-1 1.300-1.900v-1.500a10 10 0 0 1 5.200 0v1.500c0 .9.5 1.600 1.300 1.900l2.600.9c.9.300 1.900-.1 2.300-.9l.7-1.400c.5-1.100.3-2.400-.6-3.200-2.100-1.800-5.300-2.900-8.900-2.900Z"
    />
  ),
  send: <path d="m4.500 12-1.300-7.200c-.1-.7.6-1.300 1.300-1l16 7.300c.7.300.7 1.400 0 1.700l-16 7.300c-.7.300-1.400-.3-1.300-1L4.500 12Zm0 0h8" />,
  play: <path d="M8 5.500v13l10.500-6.500L8 5.500Z" fill="currentColor" />,
  pause: <path d="M8.500 5.500v13M15.500 5.500v13" strokeWidth="3" />,
  back: <path d="m14.500 5-7 7 7 7" />,
  chat: (
    <path d="M12 4c5 0 9 3.300 9 7.500S17 19 12 19c-1 0-2-.1-2.900-.4L4.500 20.500l1-3.600C4 15.500 3 13.600 3 11.500 3 7.300 7 4 12 4Z" />
  ),
  alert: <path d="M12 8v5m0 3.200v.1M10.300 4.200 2.900 17a2 2 0 0 0 1.700 3h14.800a2 2 0 0 0 1.700-3L13.700 4.200a2 2 0 0 0-3.400 0Z" />,
  close: <path d="m6 6 12 12M18 6 6 18" />,
  clock: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M12 7.500V12l3 2" />
    </>
  ),
  down: <path d="M12 5v14m0 0 6-6m-6 6-6-6" />,
  settings: (
    <>
      <path d="M4 7h9m5 0h2M4 17h2m5 0h9" />
      <circle cx="15.500" cy="7" r="2.500" />
      <circle cx="8.500" cy="17" r="2.500" />
    </>
  ),
  smile: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M8.500 14c.8 1.300 2 2 3.500 2s2.700-.7 3.500-2M9 9.500v.1m6-.1v.1" />
    </>
  ),
  person: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4.500 20a7.500 7.500 0 0 1 15 0" />
    </>
  ),
  people: (
    <>
      <circle cx="9" cy="8.500" r="3.500" />
      <path d="M2.500 19.500c.6-3.600 3.200-5.500 6.500-5.500s5.900 1.900 6.500 5.500M15.500 5.300a3.500 3.500 0 0 1 0 6.400m2 2.700c2.100.7 3.500 2.400 4 5.100" />
    </>
  ),
  plus: <path d="M12 5v14M5 12h14" />,
  tag: (
    <>
      <path d="M3.500 12.500V5A1.500 1.500 0 0 1 5 3.500h7.500L20.500 11.500a1.500 1.500 0 0 1 0 2.100l-6.900 6.900a1.500 1.500 0 0 1-2.100 0L3.500 12.500Z" />
      <circle cx="8" cy="8" r="1.200" fill="currentColor" />
    </>
  ),
  star: <path d="m12 3.500 2.600 5.400 5.900.800-4.300 4.100 1 5.900-5.200-2.800-5.200 2.800 1-5.900L3.500 9.700l5.900-.800L12 3.500Z" />,
  chart: <path d="M4 20h16M6.500 16v-4M12 16V6m5.500 10v-7" />,
  check: <path d="m5 12.500 4.500 4.500L19 7.500" />,
  checks: <path d="m2.500 12.500 4.500 4.500 9-9.500m-4 8.500 1 1 9-9.500" />,
  more: (
    <>
      <circle cx="5.500" cy="12" r="1.300" fill="currentColor" />
      <circle cx="12" cy="12" r="1.300" fill="currentColor" />
      <circle cx="18.500" cy="12" r="1.300" fill="currentColor" />
    </>
  ),
  reply: <path d="m9 6-5.500 5.500L9 17m-5-5.500h9.500a7 7 0 0 1 7 7" />,
  flag: <path d="M5.500 21V4m0 .500c4-2.500 8 2 13 0v9.500c-5 2-9-2.500-13 0" />,
  copy: (
    <>
      <rect x="8.500" y="8.500" width="11.500" height="11.500" rx="2.500" />
      <path d="M15.500 5.500A2.500 2.500 0 0 0 13 4H6.500A2.500 2.500 0 0 0 4 6.500V13a2.500 2.500 0 0 0 1.500 2.300" />
    </>
  ),
  edit: <path d="m4.500 19.500 1-4.500L16 4.500a2 2 0 0 1 2.800 0l.7.700a2 2 0 0 1 0 2.800L9 18.500l-4.500 1Zm9.500-13 3.500 3.500" />,
  trash: <path d="M4 6.500h16M9 6.500V4.500h6v2m-9 0 1 13.500h10l1-13.500M10 10.500v6m4-6v6" />,
  lock: (
    <>
      <rect x="5" y="10.500" width="14" height="9.500" rx="2.500" />
      <path d="M8 10.500V8a4 4 0 0 1 8 0v2.500" />
    </>
  ),
  clip: <path d="m19.500 11.500-7.700 7.700a4.800 4.800 0 0 1-6.800-6.800l8-8a3.200 3.200 0 0 1 4.500 4.500l-8 8a1.600 1.600 0 0 1-2.200-2.300l7.300-7.300" />,
  file: <path d="M13.500 3.500H7A2.500 2.500 0 0 0 4.500 6v12A2.500 2.500 0 0 0 7 20.500h10a2.500 2.500 0 0 0 2.500-2.500V9.500l-6-6Zm0 0v6h6" />,
  gear: (
    <>
      <circle cx="12" cy="12" r="3" />
      <path d="m10.300 3.500-.4 2.100a7 7 0 0 0-1.800 1.100L6 6l-1.700 3 1.600 1.400a7 7 0 0 0 0 2.200l-1.600 1.500L6 17l2.100-.7a7 7 0 0 0 1.800 1l.4 2.200h3.400l.4-2.100a7 7 0 0 0 1.800-1.100l2.100.7 1.700-3-1.600-1.400a7 7 0 0 0 0-2.200L19.700 9 18 6l-2.100.7a7 7 0 0 0-1.800-1.100l-.4-2.100z" />
    </>
  ),
  shrink: <path d="M20 4 14 10m0 0V5m0 5h5M4 20l6-6m0 0v5m0-5H5" />,
  enlarge: <path d="m14 10 6-6m0 0v5m0-5h-5M10 14l-6 6m0 0v-5m0 5h5" />,
  move: <path d="M12 3v18M3 12h18M12 3 9.500 5.500M12 3l2.500 2.500M12 21l-2.500-2.500M12 21l2.500-2.500M3 12l2.500-2.500M3 12l2.500 2.500M21 12l-2.500-2.500M21 12l-2.500 2.500" />,
  picture: (
    <>
      <path d="M20.500 10V7A2.500 2.500 0 0 0 18 4.500H5.500A2.500 2.500 0 0 0 3 7v9a2.500 2.500 0 0 0 2.500 2.500H9" />
      <rect x="12.500" y="13" width="9" height="6.500" rx="1.500" />
    </>
  ),
  grid: (
    <>
      <rect x="3.500" y="4.500" width="7" height="6.500" rx="1.500" />
      <rect x="13.500" y="4.500" width="7" height="6.500" rx="1.500" />
      <rect x="3.500" y="13.500" width="7" height="6.500" rx="1.500" />
      <rect x="13.500" y="13.500" width="7" height="6.500" rx="1.500" />
    </>
  ),
  speaker: (
    <>
      <rect x="3.500" y="4.500" width="17" height="10" rx="2" />
      <path d="M5 18.500h3m2.500 0h3m2.500 0h3" />
    </>
  ),
  keyboard: (
    <>
      <rect x="2.500" y="6" width="19" height="12" rx="2.500" />
      <path d="M6 10h.1m3.900 0h.1m3.900 0h.1m3.900 0h.1M7.500 14h9" />
    </>
  ),
  sound: <path d="M4 9.500v5h3.500l4.500 4v-13l-4.500 4H4Zm11.500-1a5 5 0 0 1 0 7m2.500-10a9 9 0 0 1 0 13" />,
  fullScreen: <path d="M4 9V5.500A1.500 1.500 0 0 1 5.500 4H9m6 0h3.500A1.500 1.500 0 0 1 20 5.500V9m0 6v3.500a1.500 1.500 0 0 1-1.500 1.500H15m-6 0H5.500A1.500 1.500 0 0 1 4 18.500V15" />,
  eye: (
    <>
      <path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12Z" />
      <circle cx="12" cy="12" r="2.800" />
    </>
  ),
  bell: <path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15L6 16.500Zm4 3.500a2 2 0 0 0 4 0" />,
  search: (
    <>
      <circle cx="10.500" cy="10.500" r="6.500" />
      <path d="m15.500 15.500 5 5" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS;

/** They mean a direction of the text, and turn with it. */
const DIRECTED: ReadonlySet<IconName> = new Set<IconName>(['back', 'send', 'reply']);

export function Icon({ name, size = 22 }: { name: IconName; size?: number }) {
  return (
    <svg
      className={DIRECTED.has(name) ? 'cf-icon cf-icon--directed' : 'cf-icon'}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {PATHS[name]}
    </svg>
  );
}
