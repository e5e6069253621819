"""Numbers, booleans and what means nothing, as programs, people and offices write them."""

import random
from collections.abc import Iterator
from decimal import Decimal

from babel.numbers import format_currency, format_decimal, format_percent

from .understanding_cells import (
    Cell,
    Recipe,
    code,
    count,
    fixed,
    flags,
    gaps,
    num,
    padded,
    pick,
    words,
)
from .understanding_files import Case, Kind, Sheet, Text

NB, NNB, THIN = "\u00a0", "\u202f", "\u2009"
PLAIN = {
    "whole": "-1234",
    "decimals": "-1234.50",
    "three decimals": "-1234.500",
    "many decimals": "-1234.50000000",
    "comma": "-1234,50",
    "comma, three decimals": "-1234,500",
    "thousands by comma": "-1,234.50",
    "thousands by comma, whole": "-1,234",
    "thousands by point": "-1.234,50",
    "thousands by point, whole": "-1.234",
    "thousands by blank": "-1 234,50",
    "thousands by blank, point": "-1 234.50",
    "thousands by no-break blank": f"-1{NB}234,50",
    "thousands by narrow blank": f"-1{NNB}234,50",
    "thousands by thin blank": f"-1{THIN}234.50",
    "thousands by apostrophe": "-1'234.50",
    "thousands by typographic apostrophe": "-1’234.50",
    "lakhs": "-12,34,567.50",
    "lakhs, whole": "-12,34,567",
    "thousands by underscore": "-1_234",
}
SIGNS = {
    "minus behind": "1,234.50-",
    "SAP": "1.234,50-",
    "minus behind, blank": "1,234.50 -",
    "parentheses": "(1,234.50)",
    "parentheses, comma": "(1.234,50)",
    "parentheses, plain": "(1234.50)",
    "U+2212": "−1,234.50",
    "U+2212, Swedish": f"−1{NB}234,50",
    "en dash": "–1234.50",
    "minus and a blank": "- 1,234.50",
}
MONEY = {
    "$": "-$1,234.50",
    "$ then minus": "$-1,234.50",
    "$ in parentheses": "($1,234.50)",
    "parentheses behind $": "$(1,234.50)",
    "US$": "US$1,234.50",
    "€ behind": "-1.234,50 €",
    "€ behind, no-break blank": f"-1.234,50{NB}€",
    "€ without a blank": "-1234,50€",
    "€ before": "€ -1.234,50",
    "EUR behind": "-1.234,50 EUR",
    "EUR before": "EUR 1,234.50",
    "French": f"-1{NNB}234,50{NB}€",
    "£": "-£1,234.50",
    "R$": "R$ 1.234,50",
    "R$ and minus": "-R$ 1.234,50",
    "CHF": "CHF 1'234.50",
    "Fr.": "Fr. 1'234.50",
    "kr": "-1 234,50 kr",
    "zł": "-1 234,50 zł",
    "Kč": "-1 234,50 Kč",
    "Ft": "-1 234 Ft",
    "₽": "-1 234,50 ₽",
    "руб.": "1 234,50 руб.",
    "₹, lakhs": "-₹12,34,567.50",
    "Rs.": "Rs. 12,34,567.50",
    "¥": "¥1,234",
    "full-width ¥": "￥1,234.50",
    "円": "1,234円",
    "元": "1,234.50元",
    "₩": "₩1,234",
    "원": "1,234원",
    "₺": "₺1.234,50",
    "USD behind": "1,234.50 USD",
    "C$": "C$1,234.50",
    "A$": "A$1,234.50",
    "₫": "1.234 ₫",
    "฿": "฿1,234.50",
    "₪": "-₪1,234.50",
}
PERCENT = {
    "point": "-1234.5%",
    "comma": "-1234,5%",
    "blank": "-1234,5 %",
    "no-break blank": f"1234,50{NB}%",
    "whole": "1234%",
    "grouped": "1,234.56%".replace("56", "50"),
    "parentheses": "(1234.50%)",
    "Arabic": "1234.5٪",
}
SCRIPTS = {
    "full-width": "０１２３４５６７８９",
    "Arabic": "٠١٢٣٤٥٦٧٨٩",
    "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "Devanagari": "०१२३४५६७८९",
    "Bengali": "০১২৩৪৫৬৭৮৯",
    "Thai": "๐๑๒๓๔๕๖๗๘๙",
}
LOCALES = (
    *("de_DE", "fr_FR", "es_ES", "pt_BR", "it_IT", "nl_NL", "sv_SE", "da_DK", "nb_NO"),
    *("fi_FI", "pl_PL", "cs_CZ", "hu_HU", "ro_RO", "tr_TR", "ru_RU", "uk_UA", "el_GR"),
    *("en_US", "en_GB", "en_IN", "hi_IN", "ja_JP", "ko_KR", "zh_CN", "de_CH", "de_AT"),
    *("fr_CH", "en_ZA", "es_MX", "vi_VN", "id_ID", "th_TH", "he_IL", "ar_EG", "fa_IR"),
)
FLAGS = (
    *(("true", "false"), ("TRUE", "FALSE"), ("True", "False"), ("yes", "no")),
    *(("YES", "NO"), ("Yes", "No"), ("Y", "N"), ("y", "n"), ("T", "F"), ("t", "f")),
    *(("on", "off"), ("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("VERDADERO", "FALSO")),
    *(("VERO", "FALSO"), ("ja", "nein"), ("oui", "non"), ("sí", "no"), ("Sim", "Não")),
    *(("PRAWDA", "FAŁSZ"), ("ИСТИНА", "ЛОЖЬ"), ("да", "нет"), ("是", "否")),
)
MISSING = (
    *("", "NA", "N/A", "n/a", "-", "--", "..", "...", ".", ":", "NULL", "null", "None"),
    *(
        "#N/A",
        "#DIV/0!",
        "#VALUE!",
        "NaN",
        "nan",
        "?",
        "\\N",
        "—",
        "–",
        "(null)",
        "<NA>",
    ),
    *("nil", "n.a.", "missing", "k.A.", "n.v.", "s.d.", "b.d.", "x", "*", "***", "(X)"),
    *(
        "[c]",
        "unknown",
        "<null>",
        "#NV",
        "#NUL!",
        "no data",
        "nd",
        "NODATA",
        "s.o.",
        "confidential",
        "fehlt",
        "tbd",
    ),
)


def _kind(
    group: str, name: str, recipe: Recipe, header: str = "Amount", **other: Recipe
) -> Kind:
    def make(chance: random.Random) -> Case:
        columns = [("ID", count()), ("Name", words()), (header, recipe)]
        columns += list(other.items())
        text = Text(
            delimiter=chance.choice(",;\t"),
            quoted=chance.choice(("needed", "needed", "all")),
            newline=chance.choice(("\n", "\r\n")),
            encoding=chance.choice(("utf-8", "utf-8", "utf-8-sig")),
        )
        return Sheet(columns, text, name="numbers.csv")(chance)

    return Kind(group, name, make)


def kinds() -> Iterator[Kind]:
    for group, examples in {
        "numbers": PLAIN,
        "signs": SIGNS,
        "currencies": MONEY,
        "per cent": PERCENT,
    }.items():
        for name, example in examples.items():
            yield _kind(group, name, num(example))
    for name, digits in SCRIPTS.items():
        yield _kind("numbers", f"digits, {name}", num("-1234", digits=digits))
        yield _kind("numbers", f"decimals, {name}", num("1,234.50", digits=digits))
    yield _kind("numbers", "Arabic signs", num("1٬234٫50", digits=SCRIPTS["Arabic"]))
    yield _kind("numbers", "exponents", _exponent("."))
    yield _kind("numbers", "exponents, comma", _exponent(","))
    yield _kind("numbers", "no zero before the point", _short("."))
    yield _kind("numbers", "no zero before the comma", _short(","))
    yield _kind("numbers", "plus before each", _plus())
    yield _kind("numbers", "blanks around", padded(num("-1,234.50"), 1, 2))
    yield _kind("numbers", "doubles of 17 digits", _double())
    yield _kind("currencies", "accounting", padded(num("$(1,234.50)"), 1, 1))
    zero = gaps(num("$1,234.50"), "$-", "$ -")
    yield _kind("currencies", "accounting, $- for nothing", zero)
    yield from _of_locales()
    yield from _open()
    for true, false in FLAGS:
        yield _kind("booleans", f"{true} {false}", flags(true, false), "Active")
    yield _kind("booleans", "yes, no and gaps", gaps(flags("yes", "no"), "", "n/a"))
    yield _kind("booleans", "0 and 1 are numbers", _bits(), "Flag")
    for missing in MISSING:
        yield _kind("missing", repr(missing), gaps(num("-1234.50"), missing), "Value")
        yield _kind(
            "missing", f"{missing!r}, whole", gaps(num("1234"), missing), "Value"
        )
    some = gaps(num("1234.50"), "", "NA", "-", "n/a")
    yield _kind("missing", "several words", some, "Value")
    yield _kind("missing", "all of the column", fixed("", None), "Value", After=count())


def _exponent(point: str) -> Recipe:
    def made(chance: random.Random, at: int) -> Cell:
        text = f"{chance.randint(1, 9)}.{chance.randint(10, 99)}"
        exponent = f"{chance.choice('+-')}{chance.randint(1, 9):02}"
        return Cell(
            f"{text.replace('.', point)}E{exponent}", Decimal(f"{text}E{exponent}")
        )

    return made


def _short(point: str) -> Recipe:
    def made(chance: random.Random, at: int) -> Cell:
        text = f".{chance.randint(1, 99):02}"
        sign = chance.choice(("", "-"))
        return Cell(sign + text.replace(".", point), Decimal(f"{sign}0{text}"))

    return made


def _plus() -> Recipe:
    inner = num("1234.50")

    def made(chance: random.Random, at: int) -> Cell:
        cell = inner(chance, at)
        return cell._replace(text=f"+{cell.text}")

    return made


def _double() -> Recipe:
    def made(chance: random.Random, at: int) -> Cell:
        text = repr(chance.random() * 10)
        return Cell(text, Decimal(text))

    return made


def _bits() -> Recipe:
    return lambda chance, at: (lambda bit: Cell(str(bit), bit))(
        at if at < 2 else chance.randint(0, 1)
    )


def _of_locales() -> Iterator[Kind]:
    """As CLDR has it, which spreadsheets and shops follow."""
    money = dict(pair.split(":") for pair in _CURRENCIES.split())
    for locale in LOCALES:
        region = locale[-2:]

        def amount(
            chance: random.Random, at: int, locale: str = locale, region: str = region
        ) -> Cell:
            value = _amount(chance, at)
            if money[region] in ("JPY", "KRW", "VND", "IRR"):
                value = value.quantize(Decimal(1))
            return Cell(format_currency(value, money[region], locale=locale), value)

        def plain(chance: random.Random, at: int, locale: str = locale) -> Cell:
            value = _amount(chance, at)
            return Cell(format_decimal(value, locale=locale), value)

        def part(chance: random.Random, at: int, locale: str = locale) -> Cell:
            value = _amount(chance, at + 1).scaleb(-4).quantize(Decimal("0.001"))
            form = format_percent(value, "#,##0.0 %", locale=locale)
            return Cell(form, value)

        yield _kind("locales", f"{locale} money", amount)
        yield _kind("locales", f"{locale} numbers", plain)
        if region in ("DE", "FR", "US", "TR", "EG"):
            yield _kind("locales", f"{locale} per cent", part)


_CURRENCIES = (
    "DE:EUR FR:EUR ES:EUR BR:BRL IT:EUR NL:EUR SE:SEK DK:DKK NO:NOK FI:EUR PL:PLN CZ:CZK "
    "HU:HUF RO:RON TR:TRY RU:RUB UA:UAH GR:EUR US:USD GB:GBP IN:INR JP:JPY KR:KRW CN:CNY "
    "CH:CHF AT:EUR ZA:ZAR MX:MXN VN:VND ID:IDR TH:THB IL:ILS EG:EGP IR:IRR"
)


def _amount(chance: random.Random, at: int) -> Decimal:
    width = 7 if at == 0 else chance.randint(1, 6)
    value = Decimal(chance.randint(10 ** (width - 1), 10**width)) + Decimal(
        chance.randint(1, 99)
    ).scaleb(-2)
    return -value if at == 1 or (at > 1 and chance.random() < 0.2) else value


def _open() -> Iterator[Kind]:
    """Thousands or decimals: nobody can tell without asking."""
    for name, example, delimiter in (
        ("comma and three digits", "1,234", ","),
        ("point and three digits", "1.234", ";"),
    ):

        def make(
            chance: random.Random, example: str = example, delimiter: str = delimiter
        ) -> Case:
            def four(chance: random.Random, at: int) -> Cell:
                whole = chance.randint(1000, 9999)
                mark = example[1]
                return Cell(f"{whole // 1000}{mark}{whole % 1000:03}", whole)

            columns = [("Name", words()), ("Value", four)]
            return Sheet(columns, Text(delimiter), asks=True)(chance)

        yield Kind("numbers", name, make)


def code_kinds() -> Iterator[Kind]:
    """What looks like a number and is a name."""
    for header, name, recipe in (
        ("PLZ", "postcodes with zeros", code("00000")),
        ("zip", "postcodes of nine digits", code("10000-0000")),
        ("Postcode", "Dutch postcodes", code("1000 AA")),
        ("Kod", "Polish postcodes", code("00-000")),
        ("CEP", "Brazilian postcodes", code("00000-000")),
        ("Article", "articles with zeros", code("000000")),
        ("EAN", "article numbers", code("4000000000000")),
        ("ISBN", "book numbers", code("978-3-00-000000-0")),
        ("IBAN", "accounts", code("DE00 1000 0000 0000 0000 00")),
        ("Phone", "telephones", code("+49 100 0000000")),
        ("Phone", "telephones without blanks", code("+491000000000")),
        ("Tel", "local telephones", code("030/1000000")),
        ("Tel", "US telephones", code("(100) 100-0000")),
        ("Phone", "US telephones, points", code("100.100.0000")),
        ("Card", "cards", code("4000 1000 1000 1000")),
        ("Id", "ids of 18 digits", code("100000000000000000")),
        ("Order", "ids of 25 digits", code("1000000000000000000000000")),
        ("Code", "an E among digits", code("10E00")),
        ("SKU", "an E among digits, short", pick("12E5", "1E05", "3E10", "7E2")),
        ("Hash", "hexadecimal", pick("1e3f", "12e4", "00ff", "9a7b")),
        ("Hex", "0x", pick("0x1F", "0x2A", "0xFF")),
        ("IP", "addresses", code("192.168.100.100")),
        ("Version", "versions", pick("1.9", "1.10", "1.11", "2.0")),
        ("Tax", "tax numbers", code("10/000/00000")),
        ("SSN", "social security", code("100-00-0000")),
        ("AHV", "Swiss social security", code("756.1000.0000.00")),
        ("Place", "coordinates", pick("52.5, 13.4", "48.1, 11.6", "53.6, 10.0")),
        ("Size", "sizes", pick("38", "40", "38-40", "XL")),
        ("Bond", "fractions", pick("1 1/2", "3 3/4", "2")),
        ("Limit", "below a limit", pick("<0.01", "<0.5", ">100")),
        ("Weight", "units", pick("12 kg", "5.5 kg", "0.3 kg")),
        ("Length", "feet", pick("5'11\"", "6'2\"", "5'9\"")),
        ("Likes", "shortened", pick("1.2K", "15K", "3M")),
        ("Excel", "apostrophe before", code("'00000")),
        ("Country", "all from Norway", fixed("NO")),
        ("Country", "Namibia", pick("NA", "DE", "NO", "FR", "IT", "ON")),
        ("Sex", "F and M", pick("F", "M")),
        ("Sex", "only F", fixed("F")),
        ("Grade", "T and F", pick("T", "F", "A", "B")),
        ("Surname", "Null", pick("Null", "None", "True", "Smith", "Miller", "Stone")),
        ("Infinity", "words", pick("inf", "Infinity", "nan", "abc")),
        ("Lat", "degrees", pick("52°31'12\"N", "48°08'00\"N")),
        ("Plate", "plates", code("1 AAA 100")),
        ("Dose", "one a day", pick("1-0-1", "0-0-1", "1-1-1")),
        ("Color", "colours", pick("000000", "123456", "00FF00", "999999")),
        ("Account", "accounts with zeros", code("0010000000")),
        ("Invoice", "year and number", code("2024-0000")),
        ("Row", "several in a cell", pick("1,2", "1,2,3", "4,5", "2,3,4")),
    ):
        yield _kind("codes", name, recipe, header)
