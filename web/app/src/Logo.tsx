// SPDX-License-Identifier: Apache-2.0
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg className="app-logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect className="app-logo__tile" width="32" height="32" rx="9" />
      <path
        className="app-logo__bubble"
        d="M8 9.500A2.500 2.500 0 0 1 10.500 7h11A2.500 2.500 0 0 1 24 9.500v8a2.500 2.500 0 0 1-2.500 2.500H15l-4.200 4.100c-.5.5-1.300.1-1.300-.6V20A2.500 2.500 0 0 1 8 17.500z"
      />
      <path
        className="app-logo__tile"
        d="M12 11.600c0-.6.4-1 1-1h4c.6 0 1 .4 1 1v4c0 .6-.4 1-1 1h-4c-.6 0-1-.4-1-1zm6.900 1.400 1.700-1.200c.3-.2.7 0 .7.4v2.800c0 .4-.4.6-.7.4l-1.700-1.200z"
      />
    </svg>
  );
}
