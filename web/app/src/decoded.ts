// SPDX-License-Identifier: Apache-2.0
/** A part of an address as it was before it was encoded; undefined for what nobody encoded: addresses are typed and cut, too. */
export function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
