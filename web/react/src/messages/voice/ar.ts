// SPDX-License-Identifier: Apache-2.0
import { isolate } from '../grammar.ts';
import type { VoiceMessages } from './en.ts';

export const voice: VoiceMessages = {
  record: 'تسجيل رسالة صوتية',
  asking: 'اسمح باستخدام الميكروفون…',
  recording: 'جارٍ التسجيل',
  stop: 'إنهاء التسجيل',
  discard: 'حذف التسجيل',
  send: 'إرسال الرسالة الصوتية',
  note: (time) => `رسالة صوتية، ${isolate(time)}`,
  preview: 'رسالة صوتية',
  play: 'تشغيل',
  pause: 'إيقاف مؤقت',
  position: 'الموضع',
  positionOf: (now, whole) => `${isolate(now)} من ${isolate(whole)}`,
  cannotPlay: 'لا يستطيع هذا المتصفح تشغيل الرسالة الصوتية.',
  save: 'حفظ',
  notSent: 'تعذر إرسال الرسالة الصوتية. حاول مجددًا.',
  problems: {
    denied: 'لا يسمح متصفحك لهذه الصفحة باستخدام الميكروفون. اسمح به في شريط العنوان.',
    missing: 'لم يُعثر على ميكروفون.',
    insecure: 'لا تتيح المتصفحات الميكروفون إلا للصفحات المفتوحة عبر https.',
    short: 'كان ذلك قصيرًا جدًا. انقر للبدء وللإنهاء، أو اضغط مطولًا على الزر.',
    failed: 'تعذر تشغيل الميكروفون.',
  },
};
