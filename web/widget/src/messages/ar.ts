// SPDX-License-Identifier: Apache-2.0
/** Arabic, written from right to left. Names stand in isolates: many are written from left to right. */
import type { DeviceKind } from '@confab/client';
import { grammar, isolate } from '@confab/react/plain';
import { voice } from '@confab/react/texts/voice/ar';
import type { Messages } from './en.ts';

const { count } = grammar('ar');

const DEVICES: Record<DeviceKind, string> = { camera: 'الكاميرا', microphone: 'الميكروفون', screenShare: 'الشاشة' };

const UNITS: Record<string, string> = { B: 'بايت', KB: 'كيلوبايت', MB: 'ميغابايت' };

const newMessages = (n: number): string =>
  count(n, {
    zero: 'لا رسائل جديدة',
    one: 'رسالة جديدة واحدة',
    two: 'رسالتان جديدتان',
    few: '# رسائل جديدة',
    many: '# رسالة جديدة',
    other: '# رسالة جديدة',
  });

export const ar: Messages = {
  locale: 'ar',
  dir: 'rtl',

  title: 'الدعم',
  openChat: 'افتح المحادثة',
  openChatUnread: (n) => `افتح المحادثة، ${newMessages(n)}`,
  closeChat: 'أغلق المحادثة',
  newMessages,
  online: 'متصلون الآن',
  away: 'سنرد عليك فور عودتنا',
  opensAt: (time) => `مغلق الآن، نفتح مجددًا ${isolate(time)}`,
  usually: {
    minutes: 'نرد عادةً خلال دقائق',
    hour: 'نرد عادةً خلال ساعة',
    hours: 'نرد عادةً خلال ساعات',
    day: 'نرد عادةً خلال يوم',
    days: 'نرد عادةً خلال أيام',
  },
  greeting: 'كيف يمكننا مساعدتك؟',
  greetingHint: 'اكتب لنا هنا، أو اضغط زر الكاميرا للتحدث وجهًا لوجه.',
  offline: 'انقطع الاتصال. جارٍ إعادة الاتصال…',
  unreachable: 'لا يمكن الوصول إلينا الآن. جارٍ المحاولة من جديد…',
  notStarted: 'تعذّر بدء المحادثة.',
  retry: 'حاول مرة أخرى',
  loading: 'جارٍ التحميل',
  loadFailed: 'تعذّر تحميل الرسائل.',

  conversation: 'المحادثة',
  message: 'الرسالة',
  placeholder: 'اكتب رسالة',
  send: 'أرسل',
  sending: 'جارٍ الإرسال',
  waitingToSend: 'تنتظر عودة الاتصال',
  notDelivered: 'لم تُسلَّم',
  banned: (until, reason) => `تم حظرك من هذه المحادثة${until === undefined ? '' : ` حتى ${isolate(until)}`}${reason === '' ? '.' : `: ${isolate(reason)}`}`,
  wordRefused: (word) => `الكلمة «${isolate(word)}» غير مسموح بها هنا.`,
  tooFast: (seconds) =>
    `بسرعة كبيرة. حاول مجددًا بعد ${count(seconds, { one: 'ثانية واحدة', two: 'ثانيتين', few: '# ثوانٍ', many: '# ثانية', other: '# ثانية' })}.`,
  resend: 'أعد الإرسال',
  discard: 'تجاهل',
  tooLong: 'النص أطول من أن يُرسل دفعة واحدة.',
  resolved: 'أُغلقت هذه المحادثة. يمكنك الكتابة من جديد في أي وقت.',
  reopened: 'أُعيد فتح المحادثة',
  howWasIt: 'كيف كانت التجربة؟',
  stars: ['سيئة جدًا', 'سيئة', 'مقبولة', 'جيدة', 'جيدة جدًا'],
  comment: 'ماذا تود أن تخبرنا؟',
  skip: 'تخطٍّ',
  sendRating: 'إرسال التقييم',
  rateFailed: 'تعذّر الإرسال. حاول مرة أخرى.',
  thanks: 'شكرًا لإجابتك.',
  close: 'إغلاق',
  report: 'إبلاغ',
  reportThis: 'الإبلاغ عن هذه الرسالة',
  reportTitle: (name) => `الإبلاغ عن رسالة ${isolate(name)}`,
  reportHint: 'سيرى الفريق هذه الرسالة وأنك أنت من أبلغ عنها.',
  reportReason: 'ما المشكلة فيها؟ (اختياري)',
  isReported: 'تم إبلاغ الفريق',
  wasReported: 'سبق أن أبلغت عن هذه الرسالة',
  edited: 'عُدّلت',
  deleted: 'حُذفت هذه الرسالة',
  you: 'أنت',
  receipt: { sent: 'أُرسلت', delivered: 'سُلّمت', read: 'قُرئت' },
  isTyping: (name) => `${isolate(name)} يكتب…`,
  today: 'اليوم',
  yesterday: 'أمس',
  toNewest: 'إلى أحدث الرسائل',
  unreadFromHere: 'رسائل غير مقروءة',
  fileSize: (amount, unit) => `${amount} ${UNITS[unit] ?? unit}`,
  attach: 'أرفق ملفات',
  attachments: 'الملفات المرفقة',
  dropHere: 'أفلت الملفات هنا لإرفاقها',
  uploading: (name) => `جارٍ إرسال ${isolate(name)}`,
  removeFile: (name) => `أزل ${isolate(name)}`,
  fileTooLarge: (name) => `حجم ${isolate(name)} أكبر من 10 ميغابايت.`,
  fileEmpty: (name) => `الملف ${isolate(name)} فارغ.`,
  fileFailed: (name) => `تعذّر إرسال ${isolate(name)}. حاول مرة أخرى.`,
  tooManyFiles: (n) => `الحد الأقصى ${n} ملفات في الرسالة الواحدة.`,
  picture: (name) => `صورة: ${isolate(name)}`,
  slowWait: (time) => `يمكن إرسال رسالتك التالية بعد ${isolate(time)}.`,
  voice,

  startVideoCall: 'ابدأ مكالمة فيديو',
  videoCall: 'مكالمة فيديو',
  callIsLive: (names) => `مكالمة فيديو مع ${isolate(names)}`,
  callIsLiveElsewhere: 'أنت في هذه المكالمة في نافذة أخرى',
  joinCall: 'انضم إلى المكالمة',
  incomingCall: 'مكالمة واردة',
  isCalling: (name) => `${isolate(name)} يتصل بك`,
  accept: 'اقبل',
  decline: 'ارفض',
  answeredElsewhere: 'تم الرد على المكالمة بالفعل',
  calling: (name) => `جارٍ الاتصال بـ${isolate(name)}…`,
  connecting: 'جارٍ الاتصال…',
  connected: 'تم الاتصال بمكالمة الفيديو',
  reconnecting: 'جارٍ إعادة الاتصال…',
  waiting: 'في انتظار انضمام أحد',
  declined: 'لا أحد يستطيع الرد الآن',
  noAnswer: 'لم يرد أحد',
  busy: 'الجميع في مكالمة أخرى',
  joined: (name) => `انضم ${isolate(name)}`,
  left: (name) => `غادر ${isolate(name)}`,
  callFailed: 'تعذّر بدء المكالمة',
  callLost: 'انقطعت المكالمة',
  callAgain: 'اتصل مرة أخرى',
  callEnded: 'انتهت المكالمة',
  howWasCall: 'كيف كانت المكالمة؟',
  whatWasWrong: 'ما الذي لم يكن جيدًا؟ (اختياري)',
  leaveMessage: 'اترك رسالة',
  cancel: 'ألغِ',
  leaveCall: 'غادر المكالمة',
  mute: 'اكتم الصوت',
  unmute: 'أعد الصوت',
  muted: 'مكتوم',
  youAreMuted: 'الميكروفون مكتوم',
  poorConnection: 'اتصالك ضعيف.',
  audioOnly: 'صوت فقط',
  audioOnlyIsOn: 'صوت فقط: لا تُرسل صور ولا تُستقبل.',
  videoAgain: 'إظهار الصور مجددًا',
  continueHere: 'المتابعة هنا',
  cameraOff: 'أوقف الكاميرا',
  cameraOn: 'شغّل الكاميرا',
  shareScreen: 'شارك الشاشة',
  stopSharing: 'أوقف المشاركة',
  sharing: 'تتم مشاركة شاشتك',
  screenOf: (name) => `شاشة ${isolate(name)}`,
  pip: 'صورة داخل صورة',
  enlarge: 'حجم كامل',
  shrink: 'نافذة صغيرة',
  flip: 'الكاميرا الأخرى',
  callDuration: 'مدة المكالمة',
  soundBlocked: 'شغّل الصوت',
  missed: (name) => `مكالمة فائتة من ${isolate(name)}`,
  card: {
    completed: 'مكالمة فيديو',
    missed: 'مكالمة فيديو، بلا رد',
    declined: 'مكالمة فيديو، مرفوضة',
    cancelled: 'مكالمة فيديو، ملغاة',
    busy: 'مكالمة فيديو، مشغول',
  },

  deviceError: (kind, reason) => {
    const name = DEVICES[kind];
    if (reason === 'denied') return `المتصفح لا يسمح لهذه الصفحة باستخدام ${isolate(name)}. اسمح بذلك في شريط العنوان.`;
    if (reason === 'missing') return `لم يُعثر على ${isolate(name)}. أنت في المكالمة من دونها.`;
    if (reason === 'busy') return `برنامج آخر يستخدم ${isolate(name)}.`;
    if (reason === 'insecure') return `المتصفحات لا تتيح ${isolate(name)} إلا للصفحات المفتوحة عبر https.`;
    if (reason === 'lost') return `توقفت ${isolate(name)} عن العمل.`;
    return `تعذّر تشغيل ${isolate(name)}.`;
  },
};
