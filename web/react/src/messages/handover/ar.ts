// SPDX-License-Identifier: Apache-2.0
/** Arabic. */
import { isolate } from '../grammar.ts';
import type { HandoverMessages } from './en.ts';

export const handover: HandoverMessages = {
  title: 'المتابعة على جهاز آخر',
  titleSignIn: 'تسجيل الدخول على جهاز آخر',
  scan: 'امسح الرمز بهاتفك: يُسجَّل دخولك هناك وتُفتح هذه المكالمة.',
  scanSignIn: 'امسح الرمز بهاتفك: يُسجَّل دخولك هناك.',
  picture: 'رمز QR للرابط',
  once: 'يعمل مرة واحدة ولمدة خمس دقائق. من يملكه يدخل باسمك: لا تُرِه لأحد.',
  copy: 'نسخ الرابط',
  copied: 'نُسخ الرابط',
  over: 'انتهت صلاحية هذا الرمز.',
  renew: 'رمز جديد',
  localOnly: (host) => `لا يعمل ${isolate(host)} إلا على هذا الحاسوب. افتح هذه الصفحة بعنوانها في الشبكة ثم أنشئ رمزًا.`,

  isThere: 'أنت في هذه المكالمة على جهازك الآخر. الميكروفون والصوت متوقفان هنا.',
  leave: 'المغادرة هنا',
  stay: 'البقاء هنا أيضًا',

  lobbyTitle: 'متابعة المكالمة هنا',
  lobbyHint: 'تستمر على جهازك الآخر حتى تغادرها هناك.',
};
