"""True and false, as spreadsheets and people write them in their languages."""

PAIRS = (
    *(("true", "false"), ("t", "f"), ("yes", "no"), ("y", "n"), ("on", "off")),
    *(("wahr", "falsch"), ("ja", "nein"), ("waar", "onwaar"), ("ja", "nee")),
    *(("sant", "falskt"), ("ja", "nej"), ("sand", "falsk"), ("ja", "nei")),
    *(("tosi", "epätosi"), ("kyllä", "ei"), ("tõene", "väär"), ("jah", "ei")),
    *(("vrai", "faux"), ("oui", "non"), ("vero", "falso"), ("sì", "no")),
    *(("verdadero", "falso"), ("sí", "no"), ("si", "no"), ("cert", "fals")),
    *(("verdadeiro", "falso"), ("sim", "não"), ("sim", "nao")),
    *(("adevărat", "fals"), ("da", "nu"), ("prawda", "fałsz"), ("tak", "nie")),
    *(("pravda", "nepravda"), ("ano", "ne"), ("áno", "nie"), ("da", "ne")),
    *(("igaz", "hamis"), ("igen", "nem"), ("doğru", "yanlış"), ("evet", "hayır")),
    *(("doğru", "yanliş"), ("evet", "hayir")),  # of capitals, by other rules for i
    *(("истина", "ложь"), ("да", "нет"), ("так", "ні"), ("да", "не")),
    *(("αληθές", "ψευδές"), ("ναι", "όχι"), ("benar", "salah"), ("ya", "tidak")),
    *(("是", "否"), ("真", "假"), ("はい", "いいえ"), ("真", "偽"), ("예", "아니오")),
    *(("נכון", "לא נכון"), ("כן", "לא"), ("نعم", "لا"), ("صواب", "خطأ")),
    *(("có", "không"), ("đúng", "sai"), ("sann", "usann"), ("já", "nei")),
    *(("točno", "netočno"), ("resnično", "neresnično"), ("jā", "nē"), ("taip", "ne")),
    *(("істина", "хибність"), ("вярно", "невярно"), ("예", "아니요"), ("네", "아니요")),
    ("참", "거짓"),
)
"""In small letters; which words belong together, so that a column of both is one."""
TRUE = tuple(sorted({true for true, _ in PAIRS} | {"1"}))
FALSE = tuple(sorted({false for _, false in PAIRS} | {"0"}))
_SURE = {"true", "false"}


def say_so(words: set[str]) -> bool:
    """Whether these words, in small letters, are by themselves a column of booleans:
    a country that is NO throughout is not."""
    return bool(words & _SURE) or any({*pair} <= words for pair in PAIRS)
