/** OpenSeadragon as the console has it: canvas alone, no pictures of its own, no HTML. */
import type OpenSeadragon from "openseadragon";
import { ask, type Schemas } from "../api/client";
import type { Task } from "../api/tasks";
import type { Looking } from "./viewport";

export type Tiles = Schemas["ImageInfoOut"];

/** In pixels of the picture. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Above it pixels are seen as squares. */
const SMOOTH_UP_TO = 2;
const MOST_ZOOM = 16;

/** What info.json tells, once the tiles are made; `told` hears how many are. Raises the
 * Problem that the server tells. */
export async function tilesOf(
  info: string,
  headers: Record<string, string> = {},
  signal: AbortSignal,
  told: (tiles: number) => void,
): Promise<Tiles> {
  for (let wait = 1; ; wait = 10) {
    const prefer = { ...headers, Prefer: `wait=${wait}` };
    const answer = await ask(info, { headers: prefer, signal });
    if (answer.status === 200) {
      const found = (await answer.json()) as Tiles;
      // Where this page has it from; the server may call itself by another name.
      const at = new URL(info, location.origin).href;
      return { ...found, id: at.slice(0, at.lastIndexOf("/")) };
    }
    const task = (await answer.json()) as Task;
    told(task.progress?.done ?? 0);
  }
}

interface Wishes {
  alt: string;
  hint: string;
  headers: Record<string, string> | undefined;
  onPoint: (x: number, y: number) => void;
  /** 1: a pixel of the picture is one of the screen. */
  onZoom: (zoom: number) => void;
  onBroken: () => void;
}

/** Tiles that lie still by themselves, and are shown where somebody looks. */
export class Followed {
  private readonly viewer: OpenSeadragon.Viewer;
  private readonly stop: () => void;

  constructor(
    private readonly made: typeof OpenSeadragon,
    place: HTMLElement,
    tiles: Tiles,
    private readonly looking: Looking,
    wishes: Pick<Wishes, "alt" | "onBroken">,
  ) {
    withoutStyle();
    const still = { animationTime: 0, mouseNavEnabled: false };
    this.viewer = made({ ...options(), ...still, element: place });
    withoutHtml(this.viewer);
    const { canvas } = this.viewer;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", wishes.alt);
    canvas.tabIndex = -1;
    this.viewer.addHandler("tile-load-failed", () => wishes.onBroken());
    this.viewer.addHandler("open-failed", () => wishes.onBroken());
    this.viewer.addHandler("open", () => this.follow());
    this.viewer.addHandler("resize", () => this.follow());
    this.viewer.open({ tileSource: tiles });
    this.stop = looking.place.subscribe(() => this.follow());
  }

  close(): void {
    this.stop();
    this.viewer.destroy();
  }

  private follow(): void {
    const { viewport, world, drawer } = this.viewer;
    if (!world.getItemCount()) return;
    const { zoom, x, y } = this.looking.place.peek();
    const size = viewport.getContainerSize();
    const seen = new this.made.Rect(-x / zoom, -y / zoom, size.x / zoom, size.y / zoom);
    viewport.fitBounds(viewport.imageToViewportRectangle(seen), true);
    drawer.setImageSmoothingEnabled(zoom * devicePixelRatio < SMOOTH_UP_TO);
  }
}

export class Zoomed {
  private readonly viewer: OpenSeadragon.Viewer;
  private readonly frame = document.createElement("div");
  private box: Box | undefined;
  private isSmooth = true;

  constructor(
    private readonly made: typeof OpenSeadragon,
    place: HTMLElement,
    private readonly tiles: Tiles,
    private readonly wishes: Wishes,
  ) {
    withoutStyle();
    this.viewer = made({ ...options(wishes.headers), element: place });
    withoutHtml(this.viewer);
    named(this.viewer.canvas, wishes);
    this.frame.className = "deep-zoom-frame";
    this.frame.hidden = true;
    this.viewer.canvas.append(this.frame);
    this.listen();
    this.viewer.open({ tileSource: tiles });
  }

  close(): void {
    this.viewer.destroy();
  }

  in(): void {
    this.by(1.6);
  }

  out(): void {
    this.by(1 / 1.6);
  }

  whole(): void {
    this.viewer.viewport.goHome();
  }

  /** A pixel of the picture is one of the screen. */
  pixels(): void {
    const { viewport } = this.viewer;
    viewport.zoomTo(viewport.imageToViewportZoom(1 / devicePixelRatio));
  }

  mark(box: Box | undefined): void {
    this.box = box;
    this.draw();
  }

  private by(factor: number): void {
    this.viewer.viewport.zoomBy(factor);
    this.viewer.viewport.applyConstraints();
  }

  private listen(): void {
    const { viewer, wishes } = this;
    viewer.addHandler("update-viewport", () => this.draw());
    viewer.addHandler("tile-load-failed", () => wishes.onBroken());
    viewer.addHandler("open-failed", () => wishes.onBroken());
    viewer.addHandler("canvas-click", (event) => {
      if (event.quick) this.point(event.position);
    });
    viewer.addHandler("canvas-key", (event) => {
      const key = (event.originalEvent as KeyboardEvent).key;
      if (key === "Enter") this.point(this.middle());
    });
  }

  private middle(): OpenSeadragon.Point {
    const { x, y } = this.viewer.viewport.getContainerSize();
    return new this.made.Point(x / 2, y / 2);
  }

  private point(at: OpenSeadragon.Point): void {
    const found = this.viewer.viewport.viewerElementToImageCoordinates(at);
    const [x, y] = [Math.floor(found.x), Math.floor(found.y)];
    const { width, height } = this.tiles;
    if (x >= 0 && y >= 0 && x < width && y < height) this.wishes.onPoint(x, y);
  }

  /** What lies above the tiles, and how large a pixel is. */
  private draw(): void {
    const { viewport, drawer } = this.viewer;
    if (!this.viewer.world.getItemCount()) return;
    const zoom = viewport.viewportToImageZoom(viewport.getZoom(true));
    const seen = zoom * devicePixelRatio;
    this.wishes.onZoom(seen);
    // Each time it is set all is drawn anew.
    if (this.isSmooth !== seen < SMOOTH_UP_TO) {
      this.isSmooth = !this.isSmooth;
      drawer.setImageSmoothingEnabled(this.isSmooth);
    }
    this.frame.hidden = this.box === undefined;
    if (this.box === undefined) return;
    const { left, top, width, height } = this.box;
    const corner = viewport.imageToViewerElementCoordinates(
      new this.made.Point(left, top),
    );
    const { style } = this.frame;
    style.transform = `translate(${corner.x}px, ${corner.y}px)`;
    style.width = `${width * zoom}px`;
    style.height = `${height * zoom}px`;
  }
}

function options(headers?: Record<string, string>): OpenSeadragon.Options {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    drawer: "canvas",
    showNavigationControl: false,
    showNavigator: false,
    animationTime: isStill ? 0 : 0.4,
    blendTime: 0,
    // A tile is shown by up to 1.25 times its size, and a view takes half the requests.
    minPixelRatio: 0.8,
    maxZoomPixelRatio: MOST_ZOOM,
    visibilityRatio: 0.5,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    ...(headers ? { loadTilesWithAjax: true, ajaxHeaders: headers } : {}),
  };
}

/** It would write a style sheet into the page, which the console's rules refuse, unless
 * there is one. Ours shows the focus to keys alone, which is all that it is for. */
function withoutStyle(): void {
  const name = "data-openseadragon-mobile-css";
  if (document.querySelector(`style[${name}]`)) return;
  // By its name alone: an empty sheet would be refused, too.
  const mark = document.createElementNS("urn:onemanage:none", "style");
  mark.setAttribute(name, "true");
  document.head.append(mark);
}

/** It empties its overlays by innerHTML, which Trusted Types refuse. */
function withoutHtml(viewer: OpenSeadragon.Viewer): void {
  const overlays = viewer.overlaysContainer;
  Object.defineProperty(overlays, "innerHTML", {
    set: () => overlays.replaceChildren(),
  });
}

/** Its canvas takes the keys, so it is what is focused and has the words. */
function named(canvas: HTMLElement, { alt, hint }: Wishes): void {
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", alt);
  canvas.setAttribute("aria-description", hint);
  canvas.tabIndex = 0;
}
