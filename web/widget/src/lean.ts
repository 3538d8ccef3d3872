// SPDX-License-Identifier: Apache-2.0
/**
 * In the built widget these stand in place of parts of the SDK that it never uses (`lean` in build.mjs): it has one conversation,
 * its own, and is never the team's.
 */
export { ReportsApi as ModerationApi } from '../../client/src/reports.ts';
export { CustomerApi as SupportApi } from '../../client/src/support/customer.ts';

const absent = (): never => {
  throw new Error('The widget is built without this.');
};

export class Channel {
  constructor() {
    absent();
  }
}
export const selectChannels = absent;

/** Only made, with the client. */
export class OperatorApi {}
