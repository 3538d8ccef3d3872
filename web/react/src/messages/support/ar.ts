// SPDX-License-Identifier: Apache-2.0
/** The support layer's texts, in Arabic. */
import { isolate } from '../grammar.ts';
import type { SupportMessages } from './en.ts';

export const support: SupportMessages = {
  bar: 'الحالة والمسؤول',
  status: 'الحالة',
  statuses: { open: 'مفتوحة', pending: 'معلّقة', resolved: 'محلولة' },
  assignee: 'المسؤول',
  nobody: 'لا أحد',
  me: (name) => `${isolate(name)} (أنت)`,
  take: 'تولّي المحادثة',
  resolve: 'تم الحل',
  reopen: 'إعادة الفتح',
  transfer: 'تحويل…',
  transferTitle: 'تحويل المحادثة',
  transferTo: 'إلى',
  transferNote: 'ملاحظة للفريق',
  transferNow: 'تحويل',
  isOnline: (name) => `${isolate(name)} (متصل)`,
  views: 'أي المحادثات',
  viewNames: { open: 'مفتوحة', mine: 'محادثاتي', unassigned: 'بلا مسؤول', pending: 'معلّقة', resolved: 'محلولة', all: 'الكل' },
  order: 'الترتيب',
  orders: { latest: 'الأحدث أولاً', waiting: 'الأطول انتظاراً أولاً' },
  noneHere: 'لا شيء هنا',
  noneHereHint: 'لا توجد محادثة في هذا العرض.',
  waiting: (time) => `ينتظر منذ ${isolate(time)}`,
  assignedTo: (name) => `المسؤول: ${isolate(name)}`,
  gotAssigned: (customer) => `أنت الآن مسؤول عن ${isolate(customer)}`,
  lines: {
    resolved: (who) => `${isolate(who)} حلّ المحادثة`,
    pending: (who) => `${isolate(who)} علّق المحادثة`,
    open: (who) => `${isolate(who)} أعاد فتح المحادثة`,
    reopened: 'فُتحت من جديد برسالة جديدة',
    assigned: (who, to) => `${isolate(who)} أسند المحادثة إلى ${isolate(to)}`,
    unassigned: (who) => `${isolate(who)} ألغى الإسناد`,
    labelled: (who, label) => `${isolate(who)} أضاف الوسم ${isolate(label)}`,
    unlabelled: (who, label) => `${isolate(who)} أزال الوسم ${isolate(label)}`,
    rated: (stars) => `التقييم ${isolate(stars)} من 5`,
  },
};
