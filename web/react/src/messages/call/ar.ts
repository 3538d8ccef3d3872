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
  justThisCall: 'ينضم الآخرون إلى هذه المكالمة فقط، ولا يرون المحادثة.',
  ask: (name) => `الاتصال بـ ${isolate(name)}`,
  asking: 'جارٍ الاتصال…',
  isIn: 'في المكالمة',
  nobodyToAdd: 'لا يوجد شخص آخر للاتصال به.',
  asksIn: (name, whose) => `يدعوك ${isolate(name)} إلى المكالمة مع ${isolate(whose)}`,
  didNotCome: (name) => `لم ينضم ${isolate(name)}`,

  flip: 'الكاميرا الأخرى',
  moveSelf: 'نقل صورتك',
  audioOnly: 'صوت فقط',
  poorOffer: 'اتصالك ضعيف. من دون صورة يسمع بعضكم بعضًا أفضل.',
  audioOnlyIsOn: 'صوت فقط: كاميرتك متوقفة، ولا تستقبل صورًا.',
  audioOnlyHint: 'صوت فقط، لتوفير سعة الاتصال',
  videoAgain: 'إظهار الصور مجددًا',
  unreachable: (name) => `لا يمكن الوصول إلى ${isolate(name)} الآن`,
  continueHere: 'المتابعة هنا',
  goesOn: 'تستمر المكالمة في نافذة أخرى',
  isThere: (names) => `في المكالمة الآن: ${people(names)}.`,
  line: 'الاتصال',
  lineChecking: 'يجري فحص الاتصال…',
  lineIs: { good: 'جيد، مناسب للفيديو', fair: 'متوسط، قد تكون الصورة أقل وضوحًا', poor: 'ضعيف. انضم من دون كاميرا إذا تقطع الصوت.', lost: 'لا يمكن الوصول إلى الخادم. تحقق من شبكتك.' },
  allowHow: {
    chrome: 'اضغط الرمز المجاور للعنوان، وشغّل الكاميرا والميكروفون، ثم حاول مجددًا.',
    firefox: 'اضغط الكاميرا المشطوبة بجانب العنوان، وألغِ الحظر، ثم حاول مجددًا.',
    safari: 'اختر Safari ثم إعدادات هذا الموقع، واسمح بالكاميرا والميكروفون، ثم حاول مجددًا.',
    ios: 'اضغط الرمز بجانب العنوان ثم إعدادات الموقع، واسمح بالكاميرا والميكروفون. لتطبيق مستقل: الإعدادات ثم التطبيقات ثم Safari.',
    android: 'اضغط الرمز بجانب العنوان ثم الأذونات، واسمح بالكاميرا والميكروفون.',
    other: 'اسمح بالكاميرا والميكروفون لهذه الصفحة في إعدادات المتصفح.',
  },

  stillIn: (names) => (names.length === 1 ? `${people(names)} ما زال في المكالمة` : `ما زالوا في المكالمة: ${people(names)}`),
  rejoin: 'الانضمام مجددًا',
  howWasIt: 'كيف كانت المكالمة؟',
  reason: 'ما الذي لم يكن جيدًا؟ (اختياري)',
  sendReason: 'إرسال',
  thanks: 'شكرًا لرأيك.',
};
