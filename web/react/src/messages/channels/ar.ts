// SPDX-License-Identifier: Apache-2.0
/** Texts of direct and group conversations, in Arabic. */
import { grammar, isolate } from '../grammar.ts';
import type { ChannelMessages } from './en.ts';

const { count, list } = grammar('ar');

export const channels: ChannelMessages = {
  sections: 'مع مَن تتراسل',
  customers: 'العملاء',
  colleagues: 'الزملاء',
  list: 'الرسائل المباشرة والمجموعات',
  newDirect: 'رسالة جديدة',
  newGroup: 'مجموعة جديدة',
  none: 'لا شيء مع الزملاء بعد',
  noneHint: 'اكتب إلى أحدهم، أو أنشئ مجموعة.',
  whom: 'الكتابة إلى زميل',
  nobodyElse: 'لا يوجد أحد غيرك في الفريق بعد.',
  isOnline: (name) => `${isolate(name)}، متصل`,
  groupName: 'اسم المجموعة',
  members: 'الأعضاء',
  memberCount: (n) =>
    count(n, { zero: 'لا أعضاء', one: 'عضو واحد', two: 'عضوان', few: '# أعضاء', many: '# عضوًا', other: '# عضو' }),
  onlineCount: (n) =>
    count(n, { zero: 'لا أحد متصل', one: 'واحد متصل', two: 'اثنان متصلان', few: '# متصلون', many: '# متصلًا', other: '# متصل' }),
  create: 'إنشاء المجموعة',
  details: 'تفاصيل المجموعة',
  saveName: 'حفظ الاسم',
  renamed: 'تغيّر اسم المجموعة',
  owner: 'مالك',
  me: (name) => `${isolate(name)} (أنت)`,
  remove: (name) => `إزالة ${isolate(name)} من المجموعة`,
  makeOwner: (name) => `جعل ${isolate(name)} مالكًا`,
  addPeople: 'إضافة أشخاص',
  add: 'إضافة',
  everybodyIn: 'كل أعضاء الفريق في هذه المجموعة.',
  leave: 'مغادرة المجموعة',
  leaveSure: (name) => `مغادرة ${isolate(name)}؟ لا يستطيع إعادتك إلا مالك.`,
  stay: 'البقاء',
  takenOut: (name) => `لم تعد في ${isolate(name)}`,
  letIn: (name, group) => `أضافك ${isolate(name)} إلى ${isolate(group)}`,
  groupEmpty: 'لم يُقل شيء بعد',
  groupEmptyHint: 'رحّب بالجميع، أو ابدأ مكالمة فيديو.',
  seenBy: (names) => `شاهدها ${list(names.map(isolate))}`,
  seenByAll: 'شاهدها الجميع',
  slowMode: 'الوضع البطيء',
  slowHint: 'ينتظر الأعضاء بين رسالتين؛ ولا ينتظر المالكون ولا الفريق.',
  slowOff: 'متوقف',
  seconds: (n) =>
    count(n, { zero: '# ثانية', one: 'ثانية واحدة', two: 'ثانيتان', few: '# ثوانٍ', many: '# ثانية', other: '# ثانية' }),
  minutes: (n) =>
    count(n, { zero: '# دقيقة', one: 'دقيقة واحدة', two: 'دقيقتان', few: '# دقائق', many: '# دقيقة', other: '# دقيقة' }),
  hours: (n) => count(n, { zero: '# ساعة', one: 'ساعة واحدة', two: 'ساعتان', few: '# ساعات', many: '# ساعة', other: '# ساعة' }),
  slowNotYou: (time) => `الوضع البطيء، المدة بين رسالتين للأعضاء: ${isolate(time)}. ولا يسري عليك.`,
  slowYou: (time) => `الوضع البطيء، المدة بين رسالتين: ${isolate(time)}.`,
  slowWait: (time) => `الوضع البطيء، المدة حتى رسالتك التالية: ${isolate(time)}.`,
};
