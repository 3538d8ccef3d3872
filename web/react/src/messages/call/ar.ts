// SPDX-License-Identifier: Apache-2.0
import { grammar, isolate } from '../grammar.ts';
import type { CallMessages } from './en.ts';

const { count, list } = grammar('ar');
const people = (names: readonly string[]) => list(names.map(isolate));

export const call: CallMessages = {
  chat: 'المحادثة',
  chatUnread: (n) =>
    count(n, {
      zero: 'المحادثة، لا رسائل جديدة',
      one: 'المحادثة، رسالة جديدة واحدة',
      two: 'المحادثة، رسالتان جديدتان',
      few: 'المحادثة، # رسائل جديدة',
      many: 'المحادثة، # رسالة جديدة',
      other: 'المحادثة، # رسالة جديدة',
    }),
  closeChat: 'إغلاق المحادثة',

  addPeople: 'إضافة أشخاص',
  addHint: 'يُتصل بهم، وينضمون عندما يجيبون.',
  letsIn: 'من ليس في المجموعة يصبح عضوًا فيها.',
  ask: (name) => `الاتصال بـ ${isolate(name)}`,
  asking: 'جارٍ الاتصال…',
  isIn: 'في المكالمة',
  nobodyToAdd: 'لا يوجد شخص آخر للاتصال به.',
  asksIn: (name, whose) => `يدعوك ${isolate(name)} إلى المكالمة مع ${isolate(whose)}`,
  didNotCome: (name) => `لم ينضم ${isolate(name)}`,

  stillIn: (names) => (names.length === 1 ? `${people(names)} ما زال في المكالمة` : `ما زالوا في المكالمة: ${people(names)}`),
  rejoin: 'الانضمام مجددًا',
  howWasIt: 'كيف كانت المكالمة؟',
  reason: 'ما الذي لم يكن جيدًا؟ (اختياري)',
  sendReason: 'إرسال',
  thanks: 'شكرًا لرأيك.',
};
