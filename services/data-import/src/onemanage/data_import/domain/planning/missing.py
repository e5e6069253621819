"""Words that stand for a value that is missing."""

import re

NULL_WORDS = [
    *("", "NULL", "Null", "null", "NA", "N/A", "n/a", "na", "\\N", "-", "--"),
    *("None", "none", "nil", "#N/A", "NaN", "nan", "?", "无", "空"),
    *("..", "...", "…", ".", ":", "–", "—", "---", "n.a.", "N.A.", "n/d", "N/D"),
    *("#N/A N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!"),
    *("#NV", "#NUL!", "#ZAHL!", "#WERT!", "#BEZUG!", "#VALEUR!", "#NOMBRE!", "#N/D"),
    *("(null)", "(NULL)", "<null>", "<NULL>", "<NA>", "[null]", "NaT", "(NA)"),
    *("NIL", "missing", "Missing", "unknown", "Unknown", "no data", "NODATA"),
    *("No Data", "k.A.", "k. A.", "n.v.", "n. v.", "unbekannt", "s.d.", "s. d."),
    *("n.d.", "b.d.", "nd", "ND", "s.o.", "s/d", "(X)", "*", "**", "***", "****"),
    *("[c]", "[x]", "[z]", "----", "-----", "00.00.0000", "00/00/0000", "0000-00-00"),
    *("0000-00-00 00:00:00", "\u2212", "∅", "無", "не указано", "н/д"),
]
"""Exactly these are NULL among values of a type."""
_SIGNS = re.compile(r"[\W_]+")
_WORDS = set(
    "na nan nd nv null none nil missing unknown undefined empty blank tbd tba void "
    "notavailable notapplicable notknown nodata novalue noinformation "
    "ka keineangabe unbekannt fehlt inconnu nonrenseigné nc manquant sd sindato "
    "sindatos desconocido semdados desconhecido sconosciuto onbekend okänd ukjent "
    "ukendt brak brakdanych nieznany neznámé нет нд неизвестно нетданных невідомо "
    "不明 未知 暂无 無 なし 없음 미상".split()
)


def is_missing(text: str) -> bool:
    """Whether this says that there is no value: such a word in any case and with any
    signs, or signs alone."""
    word = _SIGNS.sub("", text).casefold()
    return not word or word in _WORDS
