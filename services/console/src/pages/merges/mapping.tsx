/** Which column fills which slot. */
import type { Schemas } from "../../api/client";
import { Faint, Name } from "../../ui";
import css from "./merges.module.css";
import type { Row } from "./source";
import { t } from "./texts";

interface MappingProps {
  slots: Schemas["SlotOut"][];
  /** Undefined for a file, whose columns are not known here. */
  row: Row | undefined;
  mapping: Record<string, string>;
  onChange: (mapping: Record<string, string>) => void;
}

export function Mapping({ slots, row, mapping, onChange }: MappingProps) {
  const set = (slot: string, column: string) => {
    const next = { ...mapping };
    // By its name it takes that column anyway.
    if (column === "" || (column === slot && row)) delete next[slot];
    else next[slot] = column;
    onChange(next);
  };
  return (
    <table class={css.mapping}>
      <thead>
        <tr>
          <th scope="col">{t("order.slot")}</th>
          <th scope="col">{t("order.column")}</th>
          <th scope="col" class={css.example}>
            {t("order.example")}
          </th>
        </tr>
      </thead>
      <tbody>
        {slots.map(({ name }) => {
          const own = row?.columns.includes(name) ? name : "";
          const column = mapping[name] ?? own;
          return (
            <tr key={name}>
              <th scope="row">
                <Name>{name}</Name>
              </th>
              <td>
                {row ? (
                  <select
                    aria-label={t("order.columnOf", { name })}
                    value={column}
                    onChange={(event) => set(name, event.currentTarget.value)}
                  >
                    {own === "" && <option value="">{t("order.asDesigned")}</option>}
                    {row.columns.map((each) => (
                      <option key={each} value={each}>
                        {each}
                      </option>
                    ))}
                  </select>
                ) : (
                  <input
                    type="text"
                    aria-label={t("order.typed", { name })}
                    placeholder={t("order.byName")}
                    value={mapping[name] ?? ""}
                    onInput={(event) => set(name, event.currentTarget.value)}
                  />
                )}
              </td>
              <td class={css.example}>
                <Faint>
                  <Name>{row?.values.get(column) ?? "–"}</Name>
                </Faint>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
