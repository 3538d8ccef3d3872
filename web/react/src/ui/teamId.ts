// SPDX-License-Identifier: Apache-2.0
/** The id of a whole team, which is nobody's: people's have no such letter. */
export const TEAM_ID = '!team';
