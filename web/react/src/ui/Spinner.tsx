// SPDX-License-Identifier: Apache-2.0
export function Spinner({ label }: { label: string }) {
  return <span className="cf-spinner" role="progressbar" aria-label={label} />;
}
