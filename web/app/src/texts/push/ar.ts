// SPDX-License-Identifier: Apache-2.0
/** Notifications of closed pages, in Arabic. */
import { grammar, isolate } from '@confab/react/plain';
import type { PushTexts } from './en.ts';

const { count } = grammar('ar');

const inGroup = (name: string, group: string | undefined): string => (group ? `${isolate(name)} في ${isolate(group)}` : isolate(name));

export const push: PushTexts = {
  label: 'الإشعارات و Confab مغلق',
  hint: 'تصل الرسائل والمكالمات الجديدة إلى هذا الجهاز ولو لم تكن أي صفحة مفتوحة. تمر مشفّرة عبر خدمة الإشعارات في متصفحك.',
  denied: 'يحظر متصفحك إشعارات هذه الصفحة. اسمح بها في شريط العنوان أو في إعدادات المتصفح، ثم عد إلى هنا.',
  unsupported: 'لا يستطيع هذا المتصفح استقبالها. على iPhone أو iPad أضف Confab إلى الشاشة الرئيسية أولًا، ثم شغّلها هناك.',
  unconfigured: 'هي متوقفة على هذا الخادم.',
  failed: 'لم ينجح ذلك: تعذّر الوصول إلى خدمة الإشعارات في متصفحك أو إلى الخادم. حاول لاحقًا.',
  on: 'سيُبلَّغ هذا الجهاز بالرسائل والمكالمات',
  off: 'لن يُبلَّغ هذا الجهاز بعد الآن',

  newMessages: (name, n) =>
    `${isolate(name)} – ${count(n, { zero: 'لا رسائل جديدة', one: 'رسالة جديدة', two: 'رسالتان جديدتان', few: '# رسائل جديدة', many: '# رسالة جديدة', other: '# رسالة جديدة' })}`,
  files: (n) => count(n, { zero: 'لم يرسل ملفات', one: 'أرسل ملفًا', two: 'أرسل ملفين', few: 'أرسل # ملفات', many: 'أرسل # ملفًا', other: 'أرسل # ملف' }),
  isCalling: (name, group) => (group ? `${isolate(name)} يتصل في ${isolate(group)}` : `${isolate(name)} يتصل بك`),
  videoCall: 'مكالمة فيديو',
  voiceCall: 'مكالمة صوتية',
  missedCall: (name, group) => `مكالمة فائتة من ${inGroup(name, group)}`,
  answered: (name, group) => `مكالمة من ${inGroup(name, group)}: تم الرد`,
  declined: (name, group) => `مكالمة من ${inGroup(name, group)}: مرفوضة`,
  accept: 'قبول',
  decline: 'رفض',
  something: 'هناك جديد',

  // the page that stands in for the app without a connection
  unreachable: 'تعذّر الوصول إلى Confab',
  unreachableHint: 'أنت غير متصل بالشبكة، أو الخادم غير متاح الآن. ما كتبته محفوظ على هذا الجهاز وسيُرسل عند عودة الاتصال.',
  tryAgain: 'حاول مرة أخرى',
};
