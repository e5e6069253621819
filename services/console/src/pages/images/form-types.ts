/** What a form of a recipe's part is made of. */
import type { Word } from "./forms";

export type Value = unknown;
/** An operation, an output or a fill, as JSON has it. */
export type Part = Record<string, Value>;

interface Described {
  name: Word;
  default?: Value;
  /** It may be left out, which means something of its own. */
  optional?: true;
}

interface Range {
  min?: number;
  max?: number;
  /** More than this; and less. */
  over?: number;
  under?: number;
}

export type FormField = Described &
  (
    | ({ kind: "integer" | "number" } & Range)
    | { kind: "choice"; values: (string | number)[] }
    | { kind: "boolean" | "text" | "file" | "json" }
    | { kind: "lines"; most: number }
    | { kind: "color"; alpha: boolean }
  );

export interface Form {
  /** The field that says which it is: `op`, `format`, `type`. */
  tag: "op" | "format" | "type";
  name: Word;
  fields: FormField[];
}
