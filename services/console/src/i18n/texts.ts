/** Texts by key, in the language that is spoken. Each page has a catalogue of its own:
 * `i18n/en/<page>.ts` is the source of the keys, `i18n/zh/<page>.ts` must have them all,
 * which the compiler checks. */
import { language, locale } from "./language";

export type Value = string | number;
export type Translate<Key extends string> = (
  key: Key,
  values?: Record<string, Value>,
) => string;

/** Isolates what a user has written, so that its direction stays its own. */
const isolated = (text: string) => `\u2068${text}\u2069`;

function shown(value: Value): string {
  if (typeof value === "string") return isolated(value);
  return new Intl.NumberFormat(locale()).format(value);
}

/** `one|other` where the language has a singular; by `values.count`. */
function form(text: string, values: Record<string, Value>): string {
  const forms = text.split("|");
  const [one, other] = forms;
  if (forms.length !== 2 || one === undefined || other === undefined) return text;
  const rule = new Intl.PluralRules(language.value);
  return rule.select(Number(values.count)) === "one" ? one : other;
}

/** `{name}` in a text is replaced by the value of that name. */
export function translator<Key extends string>(
  en: Record<Key, string>,
  zh: Record<Key, string>,
): Translate<Key> {
  return (key, values = {}) => {
    const text = form((language.value === "zh" ? zh : en)[key], values);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : shown(value);
    });
  };
}
