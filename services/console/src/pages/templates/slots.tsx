/** The slots of a template: renamed, given rules, removed. */
import { useState } from "preact/hooks";
import { at } from "../../addresses";
import { t as common } from "../../i18n";
import { may } from "../../session/session";
import {
  Badge,
  Button,
  ButtonLink,
  type Column,
  Confirm,
  Dialog,
  ErrorNote,
  Faint,
  Menu,
  Name,
  Table,
  TextField,
} from "../../ui";
import { type Change, changed, missingFonts, type Slot, type Told } from "./changing";
import { RulesDialog } from "./rules";
import css from "./templates.module.css";
import { type TemplatesKey, t } from "./texts";

interface SlotsProps {
  found: Told;
  reload: () => Promise<void>;
}

type Asked = { what: "rename" | "rules" | "remove"; slot: Slot };

export function SlotsView({ found, reload }: SlotsProps) {
  const [asked, setAsked] = useState<Asked | undefined>();
  const { slots, warnings } = found.template;
  const missing = missingFonts(slots);
  const close = () => setAsked(undefined);
  const change = async (what: Omit<Change, "name">) => {
    if (!asked) return;
    try {
      await changed(found, [{ ...what, name: asked.slot.name }]);
    } finally {
      await reload();
    }
  };
  return (
    <>
      {(missing.length > 0 || warnings.length > 0) && (
        <div class={css.notes}>
          {missing.length > 0 && (
            <p>
              <Badge tone="warn">
                {t("fill.missing", { name: missing.join(", "), count: missing.length })}
              </Badge>{" "}
              {t("slots.noFonts")}{" "}
              <ButtonLink href={at("/fonts")}>{t("slots.addFonts")}</ButtonLink>
            </p>
          )}
          {warnings.map((each) => (
            <p key={each}>{each}</p>
          ))}
        </div>
      )}
      <Table
        label={t("tab.slots")}
        columns={columns(slots, setAsked)}
        rows={slots}
        rowKey={(slot) => slot.name}
        rowHeight={40}
      />
      {asked?.what === "rename" && (
        <RenameDialog
          slot={asked.slot}
          others={slots}
          onChange={(name) => change({ rename: name })}
          onClose={close}
        />
      )}
      {asked?.what === "rules" && (
        <RulesDialog
          slot={asked.slot}
          onChange={(rules) => change({ rules })}
          onClose={close}
        />
      )}
      {asked?.what === "remove" && (
        <Confirm
          title={t("remove.title", { name: asked.slot.name })}
          action={t("slots.remove")}
          onConfirm={() => change({ remove: true })}
          onClose={close}
        >
          <p>{t("remove.text")}</p>
        </Confirm>
      )}
    </>
  );
}

function columns(slots: Slot[], ask: (asked: Asked) => void): Column<Slot>[] {
  const reason = may("write") ? undefined : t("change.noScope");
  return [
    {
      key: "number",
      title: t("slots.number"),
      width: "64px",
      isNumber: true,
      cell: (slot) => slots.indexOf(slot) + 1,
    },
    { key: "name", title: t("slots.name"), cell: (slot) => <Name>{slot.name}</Name> },
    {
      key: "kind",
      title: t("slots.kind"),
      width: "110px",
      cell: (slot) => t(`kind.${slot.kind}` as TemplatesKey),
    },
    {
      key: "default",
      title: t("slots.default"),
      width: "20%",
      isWide: true,
      cell: (slot) =>
        slot.default === null ? <Faint>–</Faint> : <Name>{String(slot.default)}</Name>,
    },
    {
      key: "fonts",
      title: t("slots.fonts"),
      width: "24%",
      isWide: true,
      cell: (slot) => <Fonts slot={slot} />,
    },
    {
      key: "rule",
      title: t("slots.rule"),
      width: "110px",
      isWide: true,
      cell: (slot) => (
        <Faint>
          {slot.rules.overflow ?? slot.rules.fit ?? slot.rules.prepare ?? "–"}
        </Faint>
      ),
    },
    {
      key: "actions",
      title: t("slots.actions", { name: "" }),
      isTitleUnseen: true,
      width: "66px",
      cell: (slot) => (
        <Menu
          label={t("slots.actions", { name: slot.name })}
          icon="dots"
          items={[
            {
              label: t("slots.rename"),
              reason,
              onChoose: () => ask({ what: "rename", slot }),
            },
            {
              label: t("slots.rules"),
              reason,
              onChoose: () => ask({ what: "rules", slot }),
            },
            {
              label: t("slots.remove"),
              icon: "trash",
              isDangerous: true,
              reason,
              onChoose: () => ask({ what: "remove", slot }),
            },
          ]}
        />
      ),
    },
  ];
}

function Fonts({ slot }: { slot: Slot }) {
  if (slot.fonts.length === 0) return <Faint>–</Faint>;
  return (
    <span title={slot.fonts.join(", ")}>
      {slot.fonts.map((each) => (
        <span key={each} class={css.font}>
          <code>{each}</code>
          {slot.missing_fonts.includes(each) && (
            <Badge tone="warn">{t("slots.missing")}</Badge>
          )}
        </span>
      ))}
    </span>
  );
}

interface RenameProps {
  slot: Slot;
  others: Slot[];
  onChange: (name: string) => Promise<void>;
  onClose: () => void;
}

function RenameDialog({ slot, others, onChange, onClose }: RenameProps) {
  const [name, setName] = useState(slot.name);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const isTaken = others.some((each) => each !== slot && each.name === name);
  const isBad = name.trim() === "" || name.length > 100 || /[{}:]/.test(name);
  const wrong = isTaken ? t("rename.taken") : isBad ? t("rename.bad") : undefined;
  const save = async () => {
    if (wrong !== undefined || name === slot.name) return;
    setBusy(true);
    setError(undefined);
    try {
      await onChange(name);
      onClose();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("rename.title", { name: slot.name })} onClose={onClose}>
      <form
        class={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label={t("rename.label")}
          value={name}
          error={wrong}
          autoFocus
          onInput={setName}
        />
        {error !== undefined && <ErrorNote error={error} />}
        <Button look="main" type="submit" isBusy={isBusy} reason={wrong}>
          {common("do.save")}
        </Button>
      </form>
    </Dialog>
  );
}
