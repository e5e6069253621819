/** Numbers with their units, and times in the viewer's zone. */
import { locale } from "./language";

const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** Formats are dear to make and asked for by every row of a list. */
function format<F extends Intl.NumberFormat | Intl.DateTimeFormat>(
  name: string,
  make: (locale: string) => F,
): F {
  const key = `${name} ${locale()}`;
  let found = kept.get(key) as F | undefined;
  if (found === undefined) {
    found = make(locale());
    kept.set(key, found);
  }
  return found;
}

export function number(value: number): string {
  return format("number", (at) => new Intl.NumberFormat(at)).format(value);
}

/** `done / total` as a percentage without decimals. */
export function percent(part: number): string {
  const make = (at: string) => new Intl.NumberFormat(at, { style: "percent" });
  return format("percent", make).format(part);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const THOUSAND = 1000;

/** Bytes by powers of 1000, as storage is sold. */
export function bytes(value: number): string {
  if (value < THOUSAND) return `${number(value)} B`;
  const power = Math.floor(Math.log10(value) / 3);
  const unit = UNITS[Math.min(power, UNITS.length - 1)] ?? "byte";
  const scaled = value / THOUSAND ** Math.min(power, UNITS.length - 1);
  const digits = scaled < 10 ? 1 : 0;
  return format(
    `${unit}${digits}`,
    (at) =>
      new Intl.NumberFormat(at, {
        style: "unit",
        unit,
        unitDisplay: "short",
        maximumFractionDigits: digits,
      }),
  ).format(scaled);
}

/** `24 Nov 2026, 14:03:07`. */
export function moment(at: Date): string {
  return format(
    "moment",
    (where) =>
      new Intl.DateTimeFormat(where, { dateStyle: "medium", timeStyle: "medium" }),
  ).format(at);
}

/** As short as it is unmistakable: today's times without the day. */
export function when(at: Date, now = new Date()): string {
  if (at.toDateString() === now.toDateString()) {
    const make = (where: string) =>
      new Intl.DateTimeFormat(where, { timeStyle: "medium" });
    return format("today", make).format(at);
  }
  const isThisYear = at.getFullYear() === now.getFullYear();
  return format(
    isThisYear ? "this year" : "older",
    (where) =>
      new Intl.DateTimeFormat(where, {
        day: "numeric",
        month: "short",
        hour: "2-digit",
        minute: "2-digit",
        ...(isThisYear ? {} : { year: "numeric" }),
      }),
  ).format(at);
}

/** Seconds in the largest two units, as `2 min 5 s`; less than one in milliseconds. */
export function duration(seconds: number): string {
  const unit = (name: "millisecond" | "second" | "minute" | "hour", digits = 0) =>
    format(
      `${name}${digits}`,
      (at) =>
        new Intl.NumberFormat(at, {
          style: "unit",
          unit: name,
          unitDisplay: "narrow",
          maximumFractionDigits: digits,
        }),
    );
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds > 0 && milliseconds < 1000) {
    return unit("millisecond").format(milliseconds);
  }
  if (seconds < 10) return unit("second", 1).format(seconds);
  if (seconds < 60) return unit("second").format(Math.round(seconds));
  const whole = Math.round(seconds);
  if (whole < 3600) {
    const rest = unit("second").format(whole % 60);
    return `${unit("minute").format(Math.floor(whole / 60))} ${rest}`;
  }
  const minutes = unit("minute").format(Math.floor((whole % 3600) / 60));
  return `${unit("hour").format(Math.floor(whole / 3600))} ${minutes}`;
}

/** As `12 M`, where the last digits say nothing. */
export function compact(value: number): string {
  // British English writes a million as m, which is a thousandth beside units.
  const make = (at: string) =>
    new Intl.NumberFormat(at.startsWith("en") ? "en" : at, {
      notation: "compact",
      maximumFractionDigits: 1,
    });
  return format("compact", make).format(value);
}
