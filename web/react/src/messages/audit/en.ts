// SPDX-License-Identifier: Apache-2.0
/** What the audit log says, for people, in English. Of an action that has no text the log shows the code. */
export interface AuditMessages {
  where: string;
  save: string;
  saved: string;
  /** The beginnings of actions, to look for. */
  groups: Record<string, string>;
  actions: Record<string, string>;
}

export const audit: AuditMessages = {
  where: 'From',
  save: 'Save as CSV',
  saved: 'The log was saved',
  groups: {
    session: 'Sign-ins',
    account: 'Accounts',
    token: 'Tokens',
    user: 'People',
    conversation: 'Conversations',
    label: 'Labels',
    canned: 'Canned replies',
    customer: 'Customers',
    message: 'Messages',
    report: 'Reports',
    call: 'Calls',
    calltype: 'Call types',
    settings: 'Settings',
  },
  actions: {
    'session.begin': 'Signed in',
    'session.end': 'Signed out',
    'session.end_others': 'Signed out everywhere else',
    'session.link': 'Made a sign-in link for another device',
    'session.refuse': 'Sign-in refused',
    'account.password': 'Changed the password',
    'account.refuse': 'Change of password refused',
    'token.refuse': 'Asked for a token of somebody else; refused',
    'user.ban': 'Banned a person',
    'user.unban': 'Lifted a ban',
    'user.delete': 'Deleted a person',
    'conversation.status': 'Changed the status',
    'conversation.assign': 'Changed who looks after it',
    'conversation.priority': 'Changed the priority',
    'conversation.export': 'Exported a conversation',
    'label.save': 'Saved a label',
    'label.delete': 'Deleted a label',
    'label.put': 'Put a label on',
    'label.take': 'Took a label off',
    'canned.save': 'Saved a canned reply',
    'canned.delete': 'Deleted a canned reply',
    'customer.notes': 'Changed the notes on a customer',
    'customer.merge': 'Merged two customers',
    'message.delete': 'Deleted a message of somebody else',
    'message.report': 'Reported a message',
    'report.close': 'Closed a report',
    'call.end': 'Ended a call for everybody',
    'call.mute': 'Muted somebody in a call',
    'call.block': 'Blocked somebody from a call',
    'call.unblock': 'Let somebody into a call again',
    'call.kick': 'Removed somebody from a call',
    'call.user_permissions': 'Changed what somebody may do in a call',
    'calltype.save': 'Saved a call type',
    'calltype.delete': 'Deleted a call type',
    settings: 'Changed settings',
  },
};
