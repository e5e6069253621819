"""Days, times and points in time, as programs and people write them."""

import random
from collections.abc import Iterator

from .understanding_cells import (
    Recipe,
    Value,
    code,
    count,
    fixed,
    gaps,
    named,
    num,
    pick,
    when,
    words,
)
from .understanding_files import Case, Kind, Sheet, Text

DAYS = {
    "ISO 8601": "{y}-{mm}-{dd}",
    "ISO without zeros": "{y}-{m}-{d}",
    "day.month.year": "{dd}.{mm}.{y}",
    "day.month.year without zeros": "{d}.{m}.{y}",
    "day/month/year": "{dd}/{mm}/{y}",
    "day/month/year without zeros": "{d}/{m}/{y}",
    "day-month-year": "{dd}-{mm}-{y}",
    "month/day/year": "{mm}/{dd}/{y}",
    "month/day/year without zeros": "{m}/{d}/{y}",
    "month-day-year": "{mm}-{dd}-{y}",
    "year/month/day": "{y}/{mm}/{dd}",
    "year/month/day without zeros": "{y}/{m}/{d}",
    "year.month.day": "{y}.{mm}.{dd}",
    "year.month.day.": "{y}.{mm}.{dd}.",
    "Korean with blanks": "{y}. {m}. {d}.",
    "Czech with blanks": "{d}. {m}. {y}",
    "Chinese": "{y}年{m}月{d}日",
    "Korean": "{y}년 {m}월 {d}일",
    "Japanese with weekday": "{y}/{mm}/{dd}({ja})",
    "two-digit year, dots": "{dd}.{mm}.{yy}",
    "two-digit year, dots, no zeros": "{d}.{m}.{yy}",
    "two-digit year, US": "{mm}/{dd}/{yy}",
    "two-digit year, US, no zeros": "{m}/{d}/{yy}",
    "two-digit year, UK": "{dd}/{mm}/{yy}",
    "two-digit year, dashes": "{dd}-{mm}-{yy}",
    "two-digit year first": "{yy}/{mm}/{dd}",
    "two-digit year first, dashes": "{yy}-{mm}-{dd}",
    "Excel English": "{d}-{mon}-{yy}",
    "Oracle": "{dd}-{MON}-{yy}",
    "Oracle, four digits": "{dd}-{MON}-{y}",
    "SAS": "{dd}{MON}{y}",
    "month by name first": "{mon} {d}, {y}",
    "month by name, zeros": "{mon} {dd}, {y}",
    "day and month by name": "{d} {mon} {y}",
    "British ordinals": "{th} {mon} {y}",
    "year-month by name-day": "{y}-{mon}-{dd}",
    "with slashes and a name": "{dd}/{mon}/{y}",
    "weekday before": "{wd} {dd}/{mm}/{y}",
    "weekday and comma before": "{wd}, {d} {mon} {y}",
    "apostrophe before the year": "{mon} {d}, '{yy}",
    "week date": "{G}-W{V}-{u}",
}
TIMES = {
    "hours and minutes": "{HH}:{MM}",
    "no zeros": "{H}:{MM}",
    "seconds": "{HH}:{MM}:{SS}",
    "thousandths": "{HH}:{MM}:{SS}.{ms}",
    "thousandths by comma": "{HH}:{MM}:{SS},{ms}",
    "AM and PM": "{h}:{MM} {ap}",
    "AM and PM, seconds, zeros": "{hh}:{MM}:{SS} {ap}",
    "AM and PM without a blank": "{h}:{MM}{ap}",
}
STAMPS = {
    "ISO with a blank": "{y}-{mm}-{dd} {HH}:{MM}:{SS}",
    "ISO with T": "{y}-{mm}-{dd}T{HH}:{MM}:{SS}",
    "ISO without seconds": "{y}-{mm}-{dd} {HH}:{MM}",
    "ISO with T without seconds": "{y}-{mm}-{dd}T{HH}:{MM}",
    "ISO with thousandths": "{y}-{mm}-{dd} {HH}:{MM}:{SS}.{ms}",
    "Python logging": "{y}-{mm}-{dd} {HH}:{MM}:{SS},{ms}",
    "SQL Server datetime2": "{y}-{mm}-{dd} {HH}:{MM}:{SS}.{ms}0000",
    "German": "{dd}.{mm}.{y} {HH}:{MM}",
    "German with seconds": "{dd}.{mm}.{y} {HH}:{MM}:{SS}",
    "German with a comma": "{dd}.{mm}.{y}, {HH}:{MM}",
    "German, two digits": "{dd}.{mm}.{yy} {HH}:{MM}",
    "Finnish": "{d}.{m}.{y} {H}.{MM}",
    "Danish": "{dd}-{mm}-{y} {HH}:{MM}",
    "Italian with dots": "{dd}/{mm}/{y} {HH}.{MM}.{SS}",
    "US": "{m}/{d}/{y} {h}:{MM} {ap}",
    "US with seconds and zeros": "{mm}/{dd}/{y} {hh}:{MM}:{SS} {ap}",
    "US, two digits": "{m}/{d}/{yy} {h}:{MM} {ap}",
    "US by 24 hours": "{m}/{d}/{y} {H}:{MM}",
    "US with a comma": "{m}/{d}/{y}, {h}:{MM}:{SS} {ap}",
    "UK": "{dd}/{mm}/{y} {HH}:{MM}:{SS}",
    "Chinese Excel": "{y}/{m}/{d} {H}:{MM}",
    "Oracle": "{dd}-{MON}-{yy} {hh}.{MM}.{SS}.{ms}000 {ap}",
    "SQL Server": "{mon} {_d} {y} {_h}:{MM}{ap}",
    "ctime": "{wd} {mon} {_d} {HH}:{MM}:{SS} {y}",
    "month by name": "{mon} {d}, {y} {h}:{MM} {ap}",
    "Strava": "{mon} {d}, {y}, {h}:{MM}:{SS} {ap}",
    "narrow blank before PM": "{mon} {d}, {y}, {h}:{MM}:{SS}\u202f{ap}",
    "Jira": "{dd}/{mon}/{yy} {h}:{MM} {ap}",
    "Moodle": "{d} {mon} {y}, {h}:{MM} {ap}",
    "with at": "{mon} {d}, {y} at {h}:{MM} {ap}",
    "slash ISO": "{y}/{mm}/{dd} {HH}:{MM}:{SS}",
}
ZONED = {
    "Z": ("{y}-{mm}-{dd}T{HH}:{MM}:{SS}Z", 0.0),
    "Z with thousandths": ("{y}-{mm}-{dd}T{HH}:{MM}:{SS}.{ms}Z", 0.0),
    ".NET": ("{y}-{mm}-{dd}T{HH}:{MM}:{SS}.{ms}0000Z", 0.0),
    "offset": ("{y}-{mm}-{dd}T{HH}:{MM}:{SS}+05:30", 5.5),
    "offset without colon": ("{y}-{mm}-{dd}T{HH}:{MM}:{SS}-0800", -8.0),
    "PostgreSQL": ("{y}-{mm}-{dd} {HH}:{MM}:{SS}+02", 2.0),
    "Shopify": ("{y}-{mm}-{dd} {HH}:{MM}:{SS} +0100", 1.0),
    "UTC": ("{y}-{mm}-{dd} {HH}:{MM}:{SS} UTC", 0.0),
    "GMT": ("{y}-{mm}-{dd} {HH}:{MM}:{SS} GMT", 0.0),
    "Amazon": ("{dd}.{mm}.{y} {HH}:{MM}:{SS} UTC", 0.0),
    "e-mail": ("{wd}, {dd} {mon} {y} {HH}:{MM}:{SS} +0000", 0.0),
    "HTTP": ("{wd}, {dd} {mon} {y} {HH}:{MM}:{SS} GMT", 0.0),
    "web server's log": ("{dd}/{mon}/{y}:{HH}:{MM}:{SS} +0200", 2.0),
    "JavaScript": ("{wd} {mon} {dd} {y} {HH}:{MM}:{SS} GMT+0100", 1.0),
}
LOCALES = (
    *("de", "fr", "es", "pt_BR", "pt_PT", "it", "nl", "sv", "da", "nb", "fi", "pl"),
    *("cs", "hr", "hu", "ro", "tr", "ru", "uk", "el", "en_GB", "de_AT", "fr_CA"),
)
LOOSE = (
    "ja",
    "ko",
    "zh",
    "sk",
    "sl",
    "bg",
    "ca",
    "et",
    "lv",
    "lt",
    "is",
    "sr",
    "vi",
    "id",
)


def _kind(group: str, name: str, recipe: Recipe, header: str = "Date") -> Kind:
    def make(chance: random.Random) -> Case:
        other = chance.choice((words(), num("-1234.5"), code("AB-000")))
        columns = [("ID", count()), (header, recipe), ("Other", other)]
        text = Text(
            delimiter=chance.choice(",,;\t"),
            newline=chance.choice(("\n", "\r\n")),
            encoding=chance.choice(("utf-8", "utf-8", "utf-8-sig")),
        )
        return Sheet(columns, text, name="dates.csv")(chance)

    return Kind(group, name, make)


def kinds() -> Iterator[Kind]:
    for name, template in DAYS.items():
        yield _kind("days", name, when(template))
    for name, template in TIMES.items():
        yield _kind("times", name, when(template), "Time")
    for name, template in STAMPS.items():
        half = ("a.m.", "p.m.") if name == "with at" else ("AM", "PM")
        yield _kind("points in time", name, when(template, half=half), "Created")
    for name, (template, offset) in ZONED.items():
        recipe = when(template, offset=offset)
        yield _kind("points in time", f"zone, {name}", recipe, "Created")
    yield from _halves()
    for locale in LOCALES:
        for size in ("medium", "long"):
            recipe = named(locale, size)
            yield _kind("months by name", f"{locale} {size}", recipe, "Date")
    for locale in LOOSE:
        yield _kind("months by name", f"{locale} long", named(locale, "long"))
    yield from _special()
    yield from _open()
    yield from _no_dates()


def _halves() -> Iterator[Kind]:
    for name, half in {
        "small letters": ("am", "pm"),
        "dots": ("a.m.", "p.m."),
        "Spanish": ("a. m.", "p. m."),
    }.items():
        recipe = when("{mm}/{dd}/{y} {hh}:{MM}:{SS} {ap}", half=half)
        yield _kind("points in time", f"halves, {name}", recipe, "Created")
    recipe = when("{y}-{mm}-{dd} {ap} {h}:{MM}:{SS}", half=("오전", "오후"))
    yield _kind("points in time", "halves, Korean", recipe, "Created")
    recipe = when("{y}/{m}/{d} {ap}{h}:{MM}", half=("上午", "下午"))
    yield _kind("points in time", "halves, Chinese", recipe, "Created")


def _special() -> Iterator[Kind]:
    day = when("{dd}.{mm}.{y}")
    for name, recipe in {
        "birthdays, two digits, German": when("{dd}.{mm}.{yy}", years=(1930, 2005)),
        "birthdays, two digits, US": when("{mm}/{dd}/{yy}", years=(1930, 2005)),
    }.items():
        yield _kind("days", name, recipe, "Date of birth")
    for missing in ("", "-", "NULL", "n/a", "#N/A", "k. A.", "unbekannt"):
        yield _kind("days", f"missing is {missing!r}", gaps(day, missing))
    yield _kind("days", "missing is 00.00.0000, as SAP has it", gaps(day, "00.00.0000"))
    iso = when("{y}-{mm}-{dd}")
    yield _kind(
        "days", "missing is 0000-00-00, as MySQL has it", gaps(iso, "0000-00-00")
    )
    stamp = when("{y}-{mm}-{dd} {HH}:{MM}:{SS}")
    zero = gaps(stamp, "0000-00-00 00:00:00")
    yield _kind("points in time", "missing is 0000-00-00 00:00:00", zero)
    midnight = when("{dd}.{mm}.{y} 00:00:00")
    yield _kind("days", "midnight beside every day", midnight)
    yield _kind("days", "midnight beside every day, US", when("{m}/{d}/{y} 0:00"))
    yield _kind("days", "centuries ago", when("{y}-{mm}-{dd}", years=(1500, 1999)))
    yield _kind("days", "Buddhist years", when("{dd}/{mm}/{be}"), "วันที่")
    yield _kind("days", "eight digits", when("{y}{mm}{dd}"))
    yield _kind("days", "day of the year", when("{y}-{doy}"))


def _open() -> Iterator[Kind]:
    """Nobody can tell the order of these without asking."""
    for template in (
        "{dd}/{mm}/{y}",
        "{mm}/{dd}/{y}",
        "{dd}.{mm}.{yy}",
        "{mm}-{dd}-{yy}",
    ):

        def make(chance: random.Random, template: str = template) -> Case:
            columns = [("ID", count()), ("Date", when(template, sure=False))]
            return Sheet(columns, asks=True)(chance)

        yield Kind("days", f"no day beyond 12: {template}", make)


def _no_dates() -> Iterator[Kind]:
    """What looks like dates or times and is none; it has to stay as it is."""
    for header, name, recipe in (
        ("Quarter", "quarters", pick("2023 Q1", "2023 Q2", "2023 Q3", "2024 Q4")),
        ("Month", "months and years", pick("Jan 2024", "Feb 2024", "Mar 2024")),
        ("Month", "months and years in digits", pick("2024-01", "2024-02", "2023-12")),
        ("Month", "month/year", pick("01/2024", "02/2024", "12/2023")),
        ("Season", "seasons", pick("2019-20", "2020-21", "2018-19")),
        ("Year", "fiscal years", pick("2019/20", "2020/21", "2018/19")),
        ("Age", "ages", pick("0-4", "5-9", "10-14", "15-19", "20-24")),
        ("Range", "ranges", pick("1-5", "6-10", "11-15", "16-20")),
        ("Score", "scores", pick("3:2", "0:1", "1:1", "10:0")),
        ("Odds", "fractions", pick("1/2", "3/4", "5/8", "11/10")),
        ("Version", "versions", pick("1.2.0", "1.2.10", "2.0.11", "10.4.21")),
        (
            "Version",
            "versions like days",
            pick("10.4.21", "10.5.12", "11.2.10", "1.12.13"),
        ),
        ("Section", "sections", pick("1.1.1", "1.1.2", "2.3.1", "4.10.2")),
        (
            "Sort Code",
            "sort codes",
            pick("20-05-12", "20-11-05", "11-12-30", "09-01-28"),
        ),
        ("CAS", "chemicals", pick("50-00-0", "64-17-5", "7732-18-5", "67-56-1")),
        ("Gene", "genes", pick("SEPT2", "MARCH1", "DEC1", "TP53")),
        ("Name", "names", pick("April May", "June", "Jan", "Augusta")),
        ("Part", "part numbers", pick("12-05-2024A", "11-04-1999B", "01-01-2000A")),
        ("Weekdays", "weekdays", pick("Mon", "Tue", "Wed", "Sun")),
        ("Ratio", "ratios", pick("16:9", "4:3", "21:9", "1:1")),
        ("IP", "addresses", code("10.1.0.10")),
        ("Verse", "verses", pick("3:16", "12:1", "119:105", "1:27")),
        ("At", "seconds since 1970", code("1700000000")),
    ):
        yield _kind("no dates", name, recipe, header)
    for text in ("2024", "1"):
        value: Value = int(text)
        yield _kind("no dates", f"{text} throughout", fixed(text, value), "Year")
