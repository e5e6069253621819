/** What is filled in: each has its label, a hint, and what is wrong with it. */
import type { ComponentChildren, InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";
import css from "./field.module.css";

interface Labelled {
  label: string;
  hint?: ComponentChildren;
  /** What is wrong with what stands in it. */
  error?: string | undefined;
  /** The label is read out and not shown, where a heading or its place says it. */
  isBare?: boolean;
}

type Inside = (given: {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}) => ComponentChildren;

/** Around a control of one's own. */
export function Field(props: Labelled & { children: Inside }) {
  const { label, hint, error, isBare = false, children } = props;
  const id = useId();
  const told = `${id}-told`;
  const describes = hint || error ? { "aria-describedby": told } : {};
  return (
    <div class={css.field}>
      <label for={id} class={isBare ? "unseen" : css.label}>
        {label}
      </label>
      {children({ id, ...describes, ...(error ? { "aria-invalid": true } : {}) })}
      {(hint || error) && (
        <p id={told} class={error ? css.error : css.hint}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

interface TextFieldProps extends Labelled {
  value: string;
  onInput: (value: string) => void;
  type?: "text" | "email" | "password" | "number" | "search" | "url" | "date";
  autoComplete?: string;
  placeholder?: string;
  required?: boolean;
  autoFocus?: boolean;
  rows?: number;
  input?: InputHTMLAttributes<HTMLInputElement>;
}

/** With `rows` several lines. */
export function TextField(props: TextFieldProps) {
  const { value, onInput, type = "text", rows } = props;
  const common = {
    value,
    placeholder: props.placeholder ?? "",
    required: props.required ?? false,
  };
  return (
    <Field {...props}>
      {(given) =>
        rows ? (
          <textarea
            {...given}
            {...common}
            class={css.input}
            rows={rows}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        ) : (
          <input
            {...({
              ...given,
              ...common,
              ...props.input,
              class: css.input,
              type,
              autocomplete: props.autoComplete ?? "off",
              autofocus: props.autoFocus ?? false,
              onInput: (event) => onInput(event.currentTarget.value),
              // Its types know each kind of input alone, and no choice of them.
            } as InputHTMLAttributes<HTMLInputElement>)}
          />
        )
      }
    </Field>
  );
}

interface SelectProps<V extends string> extends Labelled {
  value: V;
  options: { value: V; label: string }[];
  onChange: (value: V) => void;
}

export function Select<V extends string>(props: SelectProps<V>) {
  return (
    <Field {...props}>
      {(given) => (
        <select
          {...given}
          class={css.input}
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value as V)}
        >
          {props.options.map((each) => (
            <option key={each.value} value={each.value}>
              {each.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckProps {
  label: ComponentChildren;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

export function Check({ label, checked, onChange, disabled = false }: CheckProps) {
  return (
    <label class={css.check}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface SegmentsProps<V extends string> {
  label: string;
  value: V;
  options: { value: V; label: string }[];
  onChange: (value: V) => void;
}

/** One of few, all seen. */
export function Segments<V extends string>(props: SegmentsProps<V>) {
  const name = useId();
  return (
    <fieldset class={css.segments}>
      <legend class="unseen">{props.label}</legend>
      {props.options.map((each) => (
        <label key={each.value}>
          <input
            type="radio"
            name={name}
            class="unseen"
            checked={each.value === props.value}
            onChange={() => props.onChange(each.value)}
          />
          <span>{each.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
