// SPDX-License-Identifier: Apache-2.0
/** All alike, or who speaks large and the others in a row. A shared screen takes the room in both. */
export type Layout = 'grid' | 'speaker';
