// SPDX-License-Identifier: Apache-2.0
/** The small parts and the languages, without the messenger and the call: for pages that must be there at once. */
export { forgetDrafts } from './chat/drafts.ts';
export { EmptyState } from './ui/EmptyState.tsx';
export { Icon, type IconName } from './ui/Icon.tsx';
export { IconButton } from './ui/IconButton.tsx';
export { Spinner } from './ui/Spinner.tsx';
export {
  chooseLanguage,
  directionOf,
  isLanguage,
  LANGUAGE_NAMES,
  LANGUAGES,
  loadMessages,
  localeOf,
  type Language,
} from './messages/languages.ts';
export type { Messages } from './messages/en.ts';
export { isolate } from './messages/grammar.ts';
