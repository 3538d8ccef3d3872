// SPDX-License-Identifier: Apache-2.0
/** Arabic, written from right to left. Names stand in isolates: many are written from left to right. */
import type { DeviceErrorReason, DeviceKind } from '@confab/client';
import type { Messages } from './en.ts';
import { channels } from './channels/ar.ts';
import { grammar, isolate } from './grammar.ts';
import { moderation } from './moderation/ar.ts';
import { support } from './support/ar.ts';
import { voice } from './voice/ar.ts';

const { count, list } = grammar('ar');
const people = (names: readonly string[]): string => list(names.map(isolate));

const PERMISSION_NAMES: Record<string, string> = { 'send-audio': 'الميكروفون', 'send-video': 'الكاميرا', screenshare: 'الشاشة' };
const permissionName = (permission: string): string => PERMISSION_NAMES[permission] ?? isolate(permission);

const REACTION_NAMES: Record<string, string> = {
  like: 'إعجاب',
  heart: 'قلب',
  laugh: 'ضحك',
  clap: 'تصفيق',
  'raise-hand': 'يد مرفوعة',
};

const UNITS: Record<string, string> = { B: 'بايت', KB: 'ك.ب', MB: 'م.ب' };
const DEVICE_NAMES: Record<DeviceKind, string> = { camera: 'الكاميرا', microphone: 'الميكروفون', screenShare: 'الشاشة' };

export const ar: Messages = {
  locale: 'ar',
  names: (names) => names.map(isolate).join('، '),
  fileSize: (amount, unit) => `${amount} ${UNITS[unit] ?? unit}`,
  support,
  channels,
  moderation,
  voice,

  // conversations
  conversations: 'المحادثات',
  noConversations: 'لا توجد محادثات بعد',
  noConversationsHint: 'ستظهر المحادثة هنا حالما يكتب أحد العملاء.',
  selectConversation: 'اختر محادثة',
  selectConversationHint: 'اختر شخصًا من القائمة لتقرأ وتردّ.',
  noMessagesPreview: 'لا توجد رسائل بعد',
  you: 'أنت',
  yourPrefix: (text) => `أنت: ${isolate(text)}`,
  unread: (n) =>
    count(n, {
      zero: 'لا رسائل جديدة',
      one: 'رسالة جديدة واحدة',
      two: 'رسالتان جديدتان',
      few: '# رسائل جديدة',
      many: '# رسالة جديدة',
      other: '# رسالة جديدة',
    }),
  inCall: 'في مكالمة',
  back: 'العودة إلى القائمة',
  loading: 'جارٍ التحميل',
  retry: 'حاول مرة أخرى',
  loadFailed: 'تعذّر التحميل',
  loadFailedHint: 'تحقّق من اتصالك ثم حاول مرة أخرى.',

  // messages
  conversationWith: (name) => `محادثة مع ${isolate(name)}`,
  message: 'رسالة',
  messagePlaceholder: (name) => `اكتب إلى ${isolate(name)}`,
  send: 'إرسال',
  sending: 'جارٍ الإرسال',
  waitingToSend: 'تنتظر عودة الاتصال',
  notDelivered: 'لم تصل',
  resend: 'أعد الإرسال',
  discard: 'تجاهل',
  tooLong: 'النص أطول من أن يُرسل دفعة واحدة.',
  newMessages: 'رسائل جديدة',
  toNewest: 'إلى أحدث الرسائل',
  messageOptions: 'خيارات الرسالة',
  react: 'تفاعل',
  reactWith: (type) => `تفاعل بـ ${type}`,
  reactionCount: (type, n) =>
    `${type} ${count(n, { one: 'من شخص واحد', two: 'من شخصين', few: 'من # أشخاص', many: 'من # شخصًا', other: 'من # شخص' })}`,
  reply: 'ردّ',
  replyTo: (name) => `ردّ على ${isolate(name)}`,
  showQuoted: 'عرض الرسالة المقتبسة',
  copyText: 'نسخ النص',
  edit: 'تعديل',
  edited: 'معدّلة',
  editing: 'تعديل الرسالة',
  save: 'حفظ',
  delete: 'حذف',
  messageDeleted: 'حُذفت هذه الرسالة',
  privateNote: 'ملاحظة داخلية',
  privateNoteHint: 'لا يرى هذه الملاحظة إلا الفريق',
  writeNote: 'كتابة ملاحظة داخلية',
  receipt: { sent: 'أُرسلت', delivered: 'وصلت', read: 'قُرئت' },
  isTyping: (names) => (names.length === 1 ? `${people(names)} يكتب…` : `يكتب الآن: ${people(names)}…`),
  online: 'متصل',
  supportOnline: 'متاحون الآن',
  supportAway: 'سنردّ حالما نعود',
  actionFailed: 'لم ينجح ذلك. حاول مرة أخرى.',
  attach: 'إرفاق ملفات',
  attachments: 'الملفات المرفقة',
  uploading: (name) => `جارٍ إرسال ${isolate(name)}`,
  removeFile: (name) => `إزالة ${isolate(name)}`,
  fileTooLarge: (name) => `${isolate(name)} أكبر من ١٠ ميغابايت.`,
  fileEmpty: (name) => `${isolate(name)} فارغ.`,
  fileFailed: (name) => `تعذّر إرسال ${isolate(name)}. حاول مرة أخرى.`,
  tooManyFiles: (n) =>
    count(n, {
      one: 'لكل رسالة ملف واحد على الأكثر.',
      two: 'لكل رسالة ملفان على الأكثر.',
      few: 'لكل رسالة # ملفات على الأكثر.',
      other: 'لكل رسالة # ملفًا على الأكثر.',
    }),
  dropHere: 'أفلت الملفات هنا لإرفاقها',
  picture: (name) => `صورة: ${isolate(name)}`,
  filePreview: (n) =>
    count(n, { one: 'أرسل ملفًا', two: 'أرسل ملفين', few: 'أرسل # ملفات', many: 'أرسل # ملفًا', other: 'أرسل # ملف' }),
  search: 'بحث',
  searchPlaceholder: 'ابحث في الأسماء والرسائل',
  searchNothing: 'لا نتائج',
  searchNothingHint: 'جرّب كلمات أقل أو كلمات أخرى.',
  searchMessages: 'الرسائل',
  clearSearch: 'مسح البحث',
  today: 'اليوم',
  yesterday: 'أمس',
  firstMessageTeam: (name) => `لا شيء من ${isolate(name)} بعد`,
  firstMessageTeamHint: 'ألقِ التحية، أو ابدأ مكالمة فيديو.',
  firstMessageUser: 'كيف يمكننا مساعدتك؟',
  firstMessageUserHint: 'اكتب لنا هنا، أو اضغط زر الكاميرا لنتحدث وجهًا لوجه.',
  supportTeam: 'الدعم',

  // connection
  reconnecting: 'انقطع الاتصال. تجري إعادة الاتصال…',
  offline: 'أنت غير متصل بالشبكة. سيُرسل ما تكتبه عند عودتها.',

  // calls
  startVideoCall: 'بدء مكالمة فيديو',
  joinCall: 'انضمام',
  callIsLive: (names) => `مكالمة فيديو مع ${names}`,
  callIsLiveElsewhere: 'أنت في هذه المكالمة في نافذة أخرى',
  videoCall: 'مكالمة فيديو',
  incomingCall: 'مكالمة واردة',
  isCalling: (name, group) => (group ? `${isolate(name)} يتصل في ${isolate(group)}` : `${isolate(name)} يتصل بك`),
  accept: 'قبول',
  decline: 'رفض',
  connecting: 'جارٍ الاتصال…',
  connectedToast: 'اتصلت بمكالمة الفيديو',
  waitingFor: (name) => `بانتظار ${isolate(name)}`,
  waitingHint: 'تظهر مكالمتك لدى الطرف الآخر.',
  declinedBy: (name) => `رفض ${isolate(name)} المكالمة`,
  joined: (name) => `انضم ${isolate(name)}`,
  left: (name) => `غادر ${isolate(name)}`,
  callFailed: 'تعذّر بدء المكالمة',
  callReconnecting: 'تجري إعادة الاتصال…',
  callOffline: 'أنت غير متصل بالشبكة. تستمر المكالمة حالما تعود الشبكة.',
  callLost: 'انقطعت المكالمة',
  close: 'إغلاق',
  cancel: 'إلغاء',
  calling: (name) => `جارٍ الاتصال بـ ${isolate(name)}…`,
  outgoingCall: 'مكالمة صادرة',
  noAnswer: (name) => `لم يردّ ${isolate(name)}`,
  isBusy: (name) => `${isolate(name)} في مكالمة أخرى`,
  callAgain: 'اتصل مرة أخرى',
  answeredElsewhere: 'سبق الرد على المكالمة',
  voiceCall: 'مكالمة صوتية',
  missedCall: (name, group) => `مكالمة فائتة من ${isolate(name)}${group ? ` في ${isolate(group)}` : ''}`,
  callBack: 'معاودة الاتصال',
  cardDeclined: (kind) => `${kind}، مرفوضة`,
  cardOutgoing: {
    missed: (kind) => `${kind}، بلا رد`,
    declined: (kind) => `${kind}، مرفوضة`,
    cancelled: (kind) => `${kind}، ملغاة`,
    busy: (kind) => `${kind}، الخط مشغول`,
  },
  mute: 'كتم الصوت',
  unmute: 'إلغاء كتم الصوت',
  muted: 'الصوت مكتوم',
  cameraOff: 'إيقاف الكاميرا',
  cameraOn: 'تشغيل الكاميرا',
  shareScreen: 'مشاركة الشاشة',
  stopSharing: 'إيقاف المشاركة',
  leaveCall: 'مغادرة المكالمة',
  callControls: 'التحكم في المكالمة',
  screenOf: (name) => `شاشة ${isolate(name)}`,
  youAreSharing: 'تجري مشاركة شاشتك',
  callDuration: 'مدة المكالمة',
  enableSound: 'تشغيل الصوت',
  soundBlocked: 'يُبقي المتصفح الصوت متوقفًا إلى أن تضغط الزر.',
  dismiss: 'إخفاء',
  youAreMuted: 'صوتك مكتوم',
  connectionPoor: 'اتصال ضعيف',
  optionsFor: (name) => `خيارات ${isolate(name)}`,
  muteThem: 'كتم الصوت',
  cameraOffThem: 'إيقاف الكاميرا',
  removeThem: 'إخراج من المكالمة',
  blockThem: 'حظر',
  isBlocked: (name) => `${isolate(name)} محظور من هذه المكالمة`,
  unblock: 'إلغاء الحظر',
  allow: 'سماح',
  deny: 'ليس الآن',
  asksFor: (name, permissions) => `يطلب ${isolate(name)}: ${list(permissions.map(permissionName))}`,
  askFor: (permission) => `طلب ${permissionName(permission)}`,
  asked: 'أُرسل الطلب. بانتظار الرد',
  reactions: 'التفاعلات',
  reaction: (type) => REACTION_NAMES[type] ?? type,
  reactionOf: (name, type) => `${isolate(name)}: ${REACTION_NAMES[type] ?? type}`,
  callEnded: 'انتهت المكالمة',
  callEndedWith: (name, time) => `${time} مع ${isolate(name)}`,
  isPresenting: (names) => (names.length === 1 ? `${people(names)} يعرض شاشته` : `يعرضون شاشاتهم: ${people(names)}`),
  sharingEnded: 'توقفت مشاركة شاشتك',
  microphoneIsOn: 'الميكروفون يعمل',
  microphoneIsOff: 'الميكروفون متوقف',
  cameraIsOn: 'الكاميرا تعمل',
  shrinkCall: 'تصغير المكالمة',
  enlargeCall: 'تكبير المكالمة',
  moveWindow: 'تحريك المكالمة',
  moveWindowHint: 'تحرّكها مفاتيح الأسهم.',
  pictureOpen: 'صورة داخل صورة',
  pictureClose: 'العودة من صورة داخل صورة',
  layoutGrid: 'عرض الجميع بالتساوي',
  layoutSpeaker: 'عرض المتحدث كبيرًا',
  connection: { excellent: 'اتصال ممتاز', good: 'اتصال جيد', poor: 'اتصال ضعيف', lost: 'انقطع الاتصال' },

  // devices
  devices: 'الكاميرا والصوت',
  checkDevices: 'فحص الكاميرا والصوت',
  camera: 'الكاميرا',
  microphone: 'الميكروفون',
  speaker: 'مكبّر الصوت',
  noDevice: 'لا يوجد',
  deviceNumber: (label, n) => `${label} ${n}`,
  micLevel: 'مستوى صوت الميكروفون',
  micSilent: 'الميكروفون متوقف',
  preview: 'معاينة',
  cameraIsOff: 'الكاميرا متوقفة',
  lobbyTitle: 'هل أنت مستعد للانضمام؟',
  joinNow: 'انضم الآن',

  deviceError: (kinds: readonly DeviceKind[], reason: DeviceErrorReason): string => {
    const name = list(kinds.map((kind) => DEVICE_NAMES[kind]));
    if (reason === 'denied') return `لا يسمح متصفحك لهذه الصفحة باستخدام ${name}. اسمح بذلك في شريط العنوان.`;
    if (reason === 'missing') return `لم يُعثر على ${name}. أنت في المكالمة من دونها.`;
    if (reason === 'busy') return `يستخدم برنامج آخر ${name}.`;
    if (reason === 'insecure') return `لا تتيح المتصفحات ${name} إلا للصفحات المفتوحة عبر https.`;
    if (reason === 'lost') return `انفصل ${name} أو توقف عن العمل.`;
    return `تعذّر تشغيل ${name}.`;
  },
};
