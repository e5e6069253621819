/** The layers panel: the tree from the top down, each with eye, picture and marks. */
import type { TargetedKeyboardEvent } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { percent } from "../../i18n/formats";
import { Icon, type IconName, Name, Tree, type TreeNode } from "../../ui";
import css from "./layers.module.css";
import { isGroup, type Node } from "./model";
import { t, word } from "./texts";
import { Thumb } from "./thumb";
import { effectsOf } from "./truth";
import type { DocumentView } from "./view";

const ROW = 40;
/** Milliseconds after which letters begin a new word. */
const PAUSE = 700;

export function Layers({ view }: { view: DocumentView }) {
  const nodes = useMemo(() => shownNodes(view, view.tree.roots), [view]);
  const [shut, setShut] = useState<ReadonlySet<string>>(() => shutAtFirst(view));
  const byLetters = useLetters(view);
  useEffect(() => prepareChosen(view), [view]);
  const onKey = (
    event: TargetedKeyboardEvent<HTMLDivElement>,
    { data }: TreeNode<Node>,
  ): boolean => {
    if (event.key === " ") {
      if (event.altKey) view.toggleOthers(data.id);
      else view.toggle(data.id);
      return true;
    }
    return !event.ctrlKey && !event.metaKey && byLetters(event.key, data);
  };
  // Whatever is chosen is to be seen in the tree.
  const chosen = view.node(view.chosen.value);
  const closed = useMemo(() => {
    const open = new Set(shut);
    for (let at = chosen?.parent; at; at = at.parent) open.delete(String(at.id));
    return open;
  }, [shut, chosen]);
  return (
    <Tree
      label={t("layers")}
      nodes={nodes}
      closed={closed}
      rowHeight={ROW}
      onToggle={(key, isOpen) => {
        const next = new Set(closed);
        if (isOpen) next.delete(key);
        else next.add(key);
        setShut(next);
      }}
      chosen={chosen && String(chosen.id)}
      onChoose={({ data }) => view.pick(data.id)}
      openLabel={t("layers.open")}
      closeLabel={t("layers.close")}
      onKey={onKey}
      row={({ data }) => <LayerRow view={view} node={data} />}
    />
  );
}

/** Whoever goes by keys has no mouse over a row before its eye is closed. */
function prepareChosen(view: DocumentView): () => void {
  return view.chosen.subscribe((id) => {
    if (id !== null) void view.scene.prepare(id);
  });
}

/** Photoshop's panel has the topmost first. */
function shownNodes(view: DocumentView, siblings: Node[]): TreeNode<Node>[] {
  return [...siblings].reverse().map((node) => ({
    key: String(node.id),
    // Asked for only by rows that are seen, with the eye as it is then.
    get name() {
      return spoken(view, node);
    },
    data: node,
    ...(isGroup(node) ? { children: shownNodes(view, node.children) } : {}),
  }));
}

/** All that the row shows in words, and what sort of layer it is. */
function spoken(view: DocumentView, node: Node): string {
  const { layer } = node;
  const shown = [layer.name || t("noName"), ...marksOf(node)].join(" ");
  const fx = hasEffects(node) ? " fx" : "";
  const eye = view.closed.value.has(node.id) ? `, ${t("hidden")}` : "";
  return `${shown}${fx}, ${word("kind", layer.kind)}${eye}`;
}

/** As the file has no such state: closed where there is a great deal. */
function shutAtFirst(view: DocumentView): ReadonlySet<string> {
  const groups = view.tree.all.filter(isGroup);
  if (view.tree.all.length <= 60) return new Set();
  return new Set(groups.map((each) => String(each.id)));
}

/** Letters go to the next layer whose name begins with them. */
function useLetters(view: DocumentView) {
  const typed = useRef({ text: "", at: 0 });
  return (key: string, from: Node): boolean => {
    if (key.length !== 1) return false;
    const now = performance.now();
    const before = now - typed.current.at < PAUSE ? typed.current.text : "";
    const text = (before + key).toLocaleLowerCase();
    typed.current = { text, at: now };
    const all = [...view.tree.all].reverse();
    const start = all.indexOf(from) + (before ? 0 : 1);
    const found = [...all.slice(start), ...all.slice(0, start)].find((each) =>
      each.layer.name.toLocaleLowerCase().startsWith(text),
    );
    if (found) view.pick(found.id);
    return true;
  };
}

const SIGNS: Partial<Record<string, IconName>> = {
  group: "files",
  artboard: "template",
  type: "text",
  adjustment: "gauge",
  fill: "spark",
};

function LayerRow({ view, node }: { view: DocumentView; node: Node }) {
  const { layer } = node;
  const isOpen = !view.closed.value.has(layer.id);
  const isDim = !view.isShown(node);
  const sign = SIGNS[layer.kind];
  return (
    <div
      class={`${css.row} ${isDim ? css.dim : ""}`}
      onPointerEnter={() => {
        view.hovered.value = layer.id;
        void view.scene.prepare(layer.id);
      }}
      onPointerLeave={() => {
        view.hovered.value = null;
      }}
    >
      <Eye view={view} node={node} isOpen={isOpen} />
      {layer.clipping && (
        <span class={css.clip} title={t("clipped")}>
          <Icon name="arrowDown" size={12} />
        </span>
      )}
      {isGroup(node) || !layer.image ? (
        <span class={css.sign}>
          <Icon name={sign ?? "image"} />
        </span>
      ) : (
        <Thumb view={view} layer={layer} />
      )}
      <span class={css.words}>
        <Name>{layer.name || t("noName")}</Name> <Marks node={node} />
      </span>
    </div>
  );
}

function Eye(props: { view: DocumentView; node: Node; isOpen: boolean }) {
  const { view, node, isOpen } = props;
  const name = node.layer.name || t("noName");
  return (
    <button
      type="button"
      class={`${css.eye} ${isOpen ? "" : css.shut}`}
      // The row is where keys go; a thousand eyes are no places to stop at.
      tabIndex={-1}
      aria-label={t("eye", { name })}
      aria-pressed={isOpen}
      title={t("eye.hint")}
      onClick={(event) => {
        event.stopPropagation();
        if (event.altKey) view.toggleOthers(node.id);
        else view.toggle(node.id);
      }}
    >
      <Icon name={isOpen ? "eye" : "eyeOff"} />
    </button>
  );
}

const hasEffects = ({ layer }: Node): boolean => effectsOf(layer.details).length > 0;

/** Blend mode and opacity, where they are not what they mostly are. */
function marksOf(node: Node): string[] {
  const { blend_mode, opacity, kind } = node.layer;
  const plain = kind === "group" ? "pass_through" : "normal";
  const said = [
    ...(blend_mode === plain || kind === "artboard" ? [] : [word("mode", blend_mode)]),
    ...(opacity < 1 ? [percent(opacity)] : []),
  ];
  return said.length > 0 ? [said.join(" · ")] : [];
}

/** What is said of the layer below its name: the above, masks, effects. */
function Marks({ node }: { node: Node }) {
  const { details, kind } = node.layer;
  const effects = effectsOf(details);
  const said = marksOf(node);
  const isMasked = details?.mask && !details.mask.from_render;
  const isCut = details?.vector_mask && kind !== "shape";
  if (said.length === 0 && !isMasked && !isCut && effects.length === 0) return null;
  return (
    <span class={css.marks}>
      {said}
      {(isMasked || isCut) && (
        <span title={t(isMasked ? "mask" : "vectorMask")}>
          <Icon name="mask" size={12} />
        </span>
      )}
      {effects.length > 0 && (
        <span title={effects.map((each) => word("effect", each.kind)).join(", ")}>
          fx
        </span>
      )}
    </span>
  );
}
