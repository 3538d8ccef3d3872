// SPDX-License-Identifier: Apache-2.0
import { grammar, isolate } from '../grammar.ts';
import type { ModerationMessages } from './en.ts';

const { count } = grammar('ar');
const SECONDS = { zero: '# ثانية', one: 'ثانية واحدة', two: 'ثانيتين', few: '# ثوانٍ', many: '# ثانية', other: '# ثانية' };

export const moderation: ModerationMessages = {
  menu: 'المزيد عن هذه المحادثة',
  savePage: 'حفظ كصفحة للقراءة',
  saveData: 'حفظ كبيانات (JSON)',
  isSaved: 'تم حفظ المحادثة',
  ban: 'حظر…',
  lift: 'رفع الحظر…',
  bans: 'الأشخاص المحظورون',
  noBans: 'لا أحد محظور.',
  banSomebody: 'حظر شخص…',
  banTitle: (name) => `حظر ${isolate(name)}`,
  banHint: 'يُسجَّل خروجه فورًا وتنتهي مكالماته ولا يمكنه العودة ما دام الحظر قائمًا. ويقرأ السبب.',
  userId: 'معرّف المستخدم',
  howLong: 'المدة',
  durations: { hour: 'ساعة واحدة', day: 'يوم واحد', week: 'أسبوع واحد', month: '30 يومًا', forGood: 'نهائيًا' },
  until: (time) => `حتى ${isolate(time)}`,
  by: (name) => `بواسطة ${isolate(name)}`,
  reason: 'السبب',
  reasonHint: 'يقرأه الشخص',
  banNow: 'حظر',
  isBanned: (name) => `تم حظر ${isolate(name)}`,
  liftTitle: (name) => `رفع الحظر عن ${isolate(name)}`,
  liftHint: 'يمكنه تسجيل الدخول والكتابة من جديد.',
  liftNow: 'رفع الحظر',
  isLifted: (name) => `رُفع الحظر عن ${isolate(name)}`,

  delete: 'حذف العميل…',
  deleteTitle: (name) => `حذف ${isolate(name)}`,
  deleteHint: 'يُسجَّل خروجه فوراً وتنتهي مكالماته ولا يمكنه العودة. يدوّن السجل من قام بذلك.',
  deleteWhat: 'ما الذي يُحذف',
  deleteModes: { soft: 'الحساب فقط', pruning: 'الحساب والاسم وما هو معروف عنه', hard: 'كل شيء' },
  deleteModeHints: {
    soft: 'يبقى ما قيل مع الاسم. يمكن التراجع برفع الحظر.',
    pruning: `يبقى ما قيل باسم ${isolate('Deleted user')}. تُنسى الملاحظات والصفحات والمتصفح. لا يمكن التراجع عن ذلك.`,
    hard: 'تُحذف أيضاً كل رسائل المحادثة وملفاتها. لا يمكن التراجع عن ذلك.',
  },
  deleteNow: 'حذف',
  isDeleted: (name) => `حُذف ${isolate(name)}`,

  privacy: 'الخصوصية',
  blocked: 'الأشخاص الذين حجبتهم',
  noBlocks: 'لم تحجب أحدًا.',
  blocksHint: 'لا تصلك رسائلهم المباشرة ولا مكالماتهم، ولا يُبلَّغون بذلك.',
  unblock: 'إلغاء الحجب',
  unblockName: (name) => `إلغاء حجب ${isolate(name)}`,
  isUnblocked: (name) => `أُلغي حجب ${isolate(name)}`,
  block: 'حجب…',
  blockTitle: (name) => `حجب ${isolate(name)}`,
  blockHint: 'لن تصلك رسائله المباشرة ولا مكالماته، ولن تكتب إليه أنت أيضًا. لن يُبلَّغ بذلك، ويمكنك التراجع من الإعدادات.',
  blockNow: 'حجب',
  isBlocked: (name) => `تم حجب ${isolate(name)}`,
  yourConversation: 'محادثتك',

  slowMode: (seconds) => `الوضع البطيء: يمكن إرسال رسالتك التالية بعد ${count(seconds, SECONDS)}.`,
  tooFast: (seconds) => `أنت تكتب بسرعة كبيرة. حاول مجددًا بعد ${count(seconds, SECONDS)}.`,
  noMessages: 'هذا الشخص لا يستقبل رسائل منك.',
};
