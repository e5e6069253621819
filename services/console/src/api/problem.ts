/** What the server refuses, as RFC 9457 has it, in the language that is spoken. */
import { isCommonKey, language, t } from "../i18n";

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  trace_id: string | null;
  errors?: { pointer?: string; detail?: string }[] | null;
}

export class Problem extends Error {
  readonly status: number;
  /** Stable, as `not_found`; `network` where no answer came. */
  readonly code: string;
  readonly detail: string;
  readonly traceId: string | null;
  readonly errors: { pointer: string; detail: string }[];
  /** Whatever else the problem tells, as `missing`. */
  readonly body: Record<string, unknown>;

  constructor(body: Partial<ProblemBody>, status: number) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = body.type?.split("/").at(-1) ?? (status === 0 ? "network" : "unknown");
    this.detail = body.detail ?? "";
    this.traceId = body.trace_id ?? null;
    this.errors = (body.errors ?? []).map((each) => ({
      pointer: each.pointer ?? "",
      detail: each.detail ?? "",
    }));
    this.body = { ...body };
  }

  static async of(response: Response): Promise<Problem> {
    const text = await response.text();
    try {
      return new Problem(JSON.parse(text) as ProblemBody, response.status);
    } catch {
      return new Problem({ detail: text.slice(0, 200) }, response.status);
    }
  }
}

/** What to say of whatever was thrown: a sentence, and what the server said besides.
 * The server speaks English; in Chinese its words stand below ours. */
export function words(error: unknown): { title: string; detail: string } {
  if (!(error instanceof Problem)) {
    return { title: t("problem.unknown"), detail: String(error) };
  }
  const key = `problem.${error.code}`;
  const known = isCommonKey(key) ? t(key) : null;
  if (known !== null) {
    const isTwice = language.value === "en" && error.code !== "missing_scope";
    return {
      title: known,
      detail: isTwice && error.detail === known ? "" : error.detail,
    };
  }
  if (language.value === "en" && error.detail) {
    return { title: error.detail, detail: "" };
  }
  return { title: t("problem.unknown"), detail: error.detail };
}
