// SPDX-License-Identifier: Apache-2.0
/** Plurals, lists and numbers by the rules of a language (Unicode CLDR, which every browser carries). */

/** The forms a language tells apart; `#` becomes the number. English has one and other, Arabic all six. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

export interface Grammar {
  /** '1 new message', '5 new messages'. */
  count(n: number, forms: Forms): string;
  /** 'Ann, Ben and Cem'. */
  list(items: readonly string[]): string;
}

export function grammar(language: string): Grammar {
  // made when first needed: a language that nobody looks at costs nothing
  let rules: Intl.PluralRules | undefined;
  let numbers: Intl.NumberFormat | undefined;
  let lists: Intl.ListFormat | undefined;
  return {
    count(n, forms) {
      rules ??= new Intl.PluralRules(language);
      numbers ??= new Intl.NumberFormat(language);
      return (forms[rules.select(n)] ?? forms.other).replace('#', numbers.format(n));
    },
    list(items) {
      lists ??= new Intl.ListFormat(language);
      return lists.format(items);
    },
  };
}

/** Keeps a name that may be written the other way round from mixing with the text around it (Unicode UAX 9, isolates). */
export const isolate = (name: string): string => `\u2068${name}\u2069`;
