// SPDX-License-Identifier: Apache-2.0
// Writes client/src/contract.ts from ../api/openapi.yaml, so that the SDK's types cannot drift from the contract that
// the server is tested against. `--check` writes nothing and fails when the file is not what would be written.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const web = dirname(fileURLToPath(import.meta.url));
const target = join(web, 'client/src/contract.ts');
const { schemas } = parse(await readFile(join(web, '../api/openapi.yaml'), 'utf8')).components;

/** What the SDK exports, and the schema it is. Schemas that are not here are written out where they are used. */
const NAMES = {
  User: 'UserObject',
  Message: 'MessageObject',
  Quoted: 'QuotedObject',
  Activity: 'ActivityObject',
  Support: 'SupportObject',
  Team: 'TeamResponse',
  Label: 'LabelObject',
  LabelList: 'LabelsResponse',
  Canned: 'CannedReplyObject',
  CannedList: 'CannedRepliesResponse',
  Case: 'CaseObject',
  Customer: 'CustomerObject',
  OpeningTime: 'OpeningTimeObject',
  Hours: 'HoursObject',
  HoursNow: 'HoursNowObject',
  Figures: 'FiguresResponse',
  MemberFigures: 'MemberFiguresObject',
  AuditRow: 'AuditRowObject',
  Audit: 'AuditResponse',
  Attachment: 'AttachmentObject',
  Reaction: 'ReactionObject',
  Read: 'ReadObject',
  Unread: 'UnreadResponse',
  CallState: 'CallSessionObject',
  Conversation: 'ConversationObject',
  Channel: 'ChannelObject',
  ChannelInfo: 'ChannelInfoObject',
  ChannelMember: 'ChannelMemberObject',
  Channels: 'ChannelsResponse',
  Ban: 'BanObject',
  Bans: 'BansResponse',
  BulkReply: 'BulkResponse',
  BulkResult: 'BulkResultObject',
  Words: 'WordsObject',
  Reports: 'ReportsResponse',
  Reported: 'ReportedObject',
  Report: 'ReportObject',
  Block: 'BlockObject',
  Blocks: 'BlocksResponse',
  Call: 'CallObject',
  CallSettings: 'CallSettingsObject',
  CallCard: 'CallCardObject',
  CallFeedback: 'CallFeedbackObject',
  Member: 'MemberObject',
  NewMember: 'NewMember',
  CallData: 'CallData',
  CallReaction: 'CallReactionObject',
  Ring: 'RingObject',
  RingLeg: 'RingLegObject',
  CallReply: 'CallResponse',
  JoinReply: 'JoinResponse',
  Members: 'MembersResponse',
  Calls: 'CallsResponse',
  CallTypes: 'CallTypesResponse',
  GuestReply: 'GuestResponse',
  WidgetReply: 'WidgetResponse',
  WidgetTeam: 'WidgetTeamResponse',
  OperatorCalls: 'OperatorCallsResponse',
  OperatorCall: 'OperatorCallObject',
  OperatorParticipant: 'OperatorParticipantObject',
  OperatorHistory: 'OperatorHistoryResponse',
  OperatorProblem: 'OperatorProblemObject',
  OperatorProblems: 'OperatorProblemsResponse',
  OperatorServer: 'OperatorServerObject',
  ServerWarning: 'ServerWarningObject',
  OperatorWebhooks: 'OperatorWebhooksResponse',
  Webhook: 'WebhookObject',
  WebhookDelivery: 'WebhookDeliveryObject',
  WebhookDeliveryReply: 'WebhookDeliveryResponse',
  Conversations: 'ConversationsResponse',
  Messages: 'MessagesResponse',
  Error: 'ErrorObject',
};

const SIMPLE = { integer: 'number', number: 'number', string: 'string', boolean: 'boolean', null: 'null' };

function typeOf(schema, indent) {
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    if (!schemas[name]) throw new Error(`${schema.$ref} does not exist`);
    return NAMES[name] ?? typeOf(schemas[name], indent);
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => typeOf(choice, indent)).join(' | ');
  if ('const' in schema) return literal(schema.const);
  // numbers and long lists may grow with the server; short lists of words are for switch statements
  if (schema.enum?.every((value) => typeof value === 'string')) return schema.enum.map(literal).join(' | ');
  if (schema.type === 'array') return arrayOf(typeOf(schema.items, indent));
  if (schema.type === 'object') return objectOf(schema, indent);
  if (SIMPLE[schema.type]) return SIMPLE[schema.type];
  throw new Error(`no type for ${JSON.stringify(schema)}`);
}

const literal = (value) => (typeof value === 'string' ? `'${value}'` : String(value));
const arrayOf = (item) => (/[ |]/.test(item) ? `(${item})[]` : `${item}[]`);

function objectOf(schema, indent) {
  if (schema.additionalProperties === true) return 'Record<string, unknown>';
  if (schema.additionalProperties && !schema.properties) return `Record<string, ${typeOf(schema.additionalProperties, indent)}>`;
  if (!schema.properties) throw new Error(`an object without properties: ${JSON.stringify(schema)}`);
  const lines = Object.entries(schema.properties).flatMap(([key, property]) => {
    const optional = schema.required?.includes(key) ? '' : '?';
    const comment = property.description ? [`${indent}  /** ${property.description} */`] : [];
    return [...comment, `${indent}  ${key}${optional}: ${typeOf(property, `${indent}  `)};`];
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function declaration(schema, name) {
  const comment = schemas[schema].description ? `/** ${schemas[schema].description} */\n` : '';
  return `${comment}export interface ${name} ${objectOf(schemas[schema], '')}`;
}

/** One entry for each `type`, also where one schema has several. */
function events() {
  const entries = schemas.Event.oneOf.flatMap((schema) => {
    const { type } = schema.properties;
    return (type.enum ?? [type.const]).map((name) => {
      const one = { ...schema, properties: { ...schema.properties, type: { const: name } } };
      return `  ${/^\w+$/.test(name) ? name : `'${name}'`}: ${objectOf(one, '  ')};`;
    });
  });
  return `/** Everything that arrives on the event socket, by its \`type\`. */\nexport interface ServerEvents {\n${entries.join('\n')}\n}`;
}

const text = `// SPDX-License-Identifier: Apache-2.0
/**
 * The objects and events of the HTTP API and the event socket. Written by web/contract.mjs from api/openapi.yaml:
 * change that, then run \`npm run contract\`.
 * Times are RFC 3339 UTC with milliseconds; message ids grow and are the order of a conversation.
 */

${Object.entries(NAMES)
  .map(([schema, name]) => declaration(schema, name))
  .join('\n\n')}

${events()}

export type Role = UserObject['role'];
export type SupportStatus = SupportObject['status'];
export type SupportPriority = NonNullable<SupportObject['priority']>;
export type Capability = JoinResponse['own_capabilities'][number];
export type ServerEvent = ServerEvents[keyof ServerEvents];
export type CallEventType = Extract<keyof ServerEvents, \`call.\${string}\` | 'custom'>;
`;

if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8')) !== text) {
    console.error('client/src/contract.ts is not what api/openapi.yaml says. Run `npm run contract` in web/ and look at the difference.');
    process.exit(1);
  }
} else {
  await writeFile(target, text);
}
