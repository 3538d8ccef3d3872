// SPDX-License-Identifier: Apache-2.0
import type { DeviceErrorReason, DeviceKind } from '@confab/client';
import { grammar, isolate } from '../grammar.ts';
import type { LobbyMessages } from './en.ts';

const { list } = grammar('ar');
const DEVICE_NAMES: Record<DeviceKind, string> = { camera: 'الكاميرا', microphone: 'الميكروفون', screenShare: 'الشاشة' };

export const lobby: LobbyMessages = {
  connection: { excellent: 'اتصال ممتاز', good: 'اتصال جيد', poor: 'اتصال ضعيف', lost: 'انقطع الاتصال' },
  devices: 'الكاميرا والصوت',
  checkDevices: 'فحص الكاميرا والصوت',
  camera: 'الكاميرا',
  microphone: 'الميكروفون',
  speaker: 'مكبّر الصوت',
  noDevice: 'لا يوجد',
  deviceRefused: 'تعذّر استخدام هذا الجهاز. اختر جهازًا آخر.',
  deviceNumber: (label, n) => `${label} ${n}`,
  micLevel: 'مستوى صوت الميكروفون',
  micSilent: 'الميكروفون متوقف',
  micHint: 'قل شيئًا، فيتحرك الشريط.',
  testSpeaker: 'تشغيل صوت تجريبي',
  preview: 'معاينة',
  cameraIsOff: 'الكاميرا متوقفة',
  lobbyTitle: 'هل أنت مستعد للانضمام؟',
  lobbyRings: (name) => `سيُتصل بـ ${isolate(name)} عند انضمامك.`,
  joinNow: 'انضم الآن',

  deviceError: (kinds: readonly DeviceKind[], reason: DeviceErrorReason): string => {
    const name = list(kinds.map((kind) => DEVICE_NAMES[kind]));
    if (reason === 'denied') return `لا يسمح متصفحك لهذه الصفحة باستخدام ${name}.`;
    if (reason === 'missing') return `لم يُعثر على ${name}. وصّل الجهاز وحاول مجددًا؛ تعمل المكالمة من دونه أيضًا.`;
    if (reason === 'busy') return `يستخدم برنامج آخر ${name}.`;
    if (reason === 'insecure') return `لا تتيح المتصفحات ${name} إلا للصفحات المفتوحة عبر https://‎ أو عبر http://localhost على الخادم نفسه. عنوان هذه الصفحة يبدأ بـ http://‎.`;
    if (reason === 'lost') return `تعذّر الوصول إلى ${name}: فُصل الجهاز أو توقف عن العمل.`;
    return `تعذّر تشغيل ${name}.`;
  },
};
