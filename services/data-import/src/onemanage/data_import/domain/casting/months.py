"""Names of the months as files have them, by language.

Short and long forms, and those of a date where they differ from the bare name. Dots,
case and accents do not count. Only whole words are names: a beginning of one proves
nothing.
"""

import re
import unicodedata
from functools import cache

import polars as pl

ENGLISH = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

_NAMES = {
    "en": "jan|january feb|february mar|march apr|april may jun|june jul|july "
    "aug|august sep|sept|september oct|october nov|november dec|december",
    "de": "jan|januar|jän|jänner feb|februar|feber mär|märz|mrz|maerz apr|april mai "
    "jun|juni jul|juli aug|august sep|sept|september okt|oktober nov|november "
    "dez|dezember",
    "fr": "janv|janvier|jan févr|février|fevrier|fév|fev mars avr|avril mai juin "
    "juil|juill|juillet août|aout sept|septembre|sep oct|octobre nov|novembre "
    "déc|décembre|decembre|dec",
    "es": "ene|enero feb|febrero mar|marzo abr|abril may|mayo jun|junio jul|julio "
    "ago|agosto sep|sept|septiembre|setiembre|set oct|octubre nov|noviembre "
    "dic|diciembre",
    "pt": "jan|janeiro fev|fevereiro mar|março|marco abr|abril mai|maio jun|junho "
    "jul|julho ago|agosto set|setembro out|outubro nov|novembro dez|dezembro",
    "it": "gen|gennaio feb|febbraio mar|marzo apr|aprile mag|maggio giu|giugno "
    "lug|luglio ago|agosto set|settembre|sett ott|ottobre nov|novembre dic|dicembre",
    "nl": "jan|januari feb|februari mrt|maart apr|april mei jun|juni jul|juli "
    "aug|augustus sep|sept|september okt|oktober nov|november dec|december",
    "sv": "jan|januari feb|februari mar|mars apr|april maj jun|juni jul|juli "
    "aug|augusti sep|sept|september okt|oktober nov|november dec|december",
    "da": "jan|januar feb|februar mar|marts apr|april maj jun|juni jul|juli "
    "aug|august sep|sept|september okt|oktober nov|november dec|december",
    "nb": "jan|januar feb|februar mar|mars apr|april mai jun|juni jul|juli "
    "aug|august sep|sept|september okt|oktober nov|november des|desember",
    "fi": "tammi|tammikuu|tammikuuta|tammik helmi|helmikuu|helmikuuta|helmik "
    "maalis|maaliskuu|maaliskuuta|maalisk huhti|huhtikuu|huhtikuuta|huhtik "
    "touko|toukokuu|toukokuuta|toukok kesä|kesäkuu|kesäkuuta|kesäk "
    "heinä|heinäkuu|heinäkuuta|heinäk elo|elokuu|elokuuta|elok "
    "syys|syyskuu|syyskuuta|syysk loka|lokakuu|lokakuuta|lokak "
    "marras|marraskuu|marraskuuta|marrask joulu|joulukuu|joulukuuta|jouluk",
    "pl": "sty|styczeń|stycznia lut|luty|lutego mar|marzec|marca kwi|kwiecień|kwietnia "
    "maj|maja cze|czerwiec|czerwca lip|lipiec|lipca sie|sierpień|sierpnia "
    "wrz|wrzesień|września paź|październik|października lis|listopad|listopada "
    "gru|grudzień|grudnia",
    "sk": "jan|január|januára feb|február|februára mar|marec|marca apr|apríl|apríla "
    "máj|mája jún|júna júl|júla aug|august|augusta sep|september|septembra "
    "okt|október|októbra nov|november|novembra dec|december|decembra",
    "sl": "jan|januar|januarja feb|februar|februarja mar|marec|marca apr|april|aprila "
    "maj|maja jun|junij|junija jul|julij|julija avg|avgust|avgusta "
    "sep|september|septembra okt|oktober|oktobra nov|november|novembra "
    "dec|december|decembra",
    "cs": "led|leden|ledna úno|únor|února bře|březen|března dub|duben|dubna "
    "kvě|květen|května čvn|červen|června čvc|červenec|července srp|srpen|srpna "
    "zář|září říj|říjen|října lis|listopad|listopadu pro|prosinec|prosince",
    "hr": "sij|siječanj|siječnja velj|veljača|veljače ožu|ožujak|ožujka "
    "tra|travanj|travnja svi|svibanj|svibnja lip|lipanj|lipnja srp|srpanj|srpnja "
    "kol|kolovoz|kolovoza ruj|rujan|rujna lis|listopad|listopada stu|studeni|studenoga "
    "pro|prosinac|prosinca",
    "sr": "jan|januar|јан|јануар feb|februar|феб|фебруар mar|mart|мар|март "
    "apr|april|апр|април maj|мај jun|juni|јун|јуни jul|juli|јул|јули "
    "avg|avgust|авг|август sep|sept|septembar|сеп|септ|септембар okt|oktobar|окт|октобар "
    "nov|novembar|нов|новембар dec|decembar|дец|децембар",
    "bg": "яну|януари фев|февруари мар|март апр|април май юни юли авг|август "
    "сеп|септ|септември окт|октомври ное|ноем|ноември дек|декември",
    "hu": "jan|január feb|febr|február már|márc|március ápr|április máj|május "
    "jún|június júl|július aug|augusztus szept|szeptember okt|október nov|november "
    "dec|december",
    "ro": "ian|ianuarie feb|februarie mar|martie apr|aprilie mai iun|iunie iul|iulie "
    "aug|august sept|septembrie|sep oct|octombrie nov|noiembrie dec|decembrie",
    "ca": "gen|gener feb|febr|febrer mar|març abr|abril mai|maig jun|juny jul|juliol "
    "ago|agost set|setembre oct|octubre nov|novembre des|desembre",
    "et": "jaan|jaanuar veebr|veebruar märts apr|aprill mai juuni juuli aug|august "
    "sep|sept|september okt|oktoober nov|november dets|detsember",
    "lv": "janv|janvāris|janvārī febr|februāris|februārī marts|martā apr|aprīlis|aprīlī "
    "maijs|maijā jūn|jūnijs|jūnijā jūl|jūlijs|jūlijā aug|augusts|augustā "
    "sept|septembris|septembrī okt|oktobris|oktobrī nov|novembris|novembrī "
    "dec|decembris|decembrī",
    "lt": "saus|sausis|sausio vas|vasaris|vasario kov|kovas|kovo bal|balandis|balandžio "
    "geg|gegužė|gegužės birž|birželis|birželio liep|liepa|liepos "
    "rugp|rugpjūtis|rugpjūčio rugs|rugsėjis|rugsėjo spal|spalis|spalio "
    "lapkr|lapkritis|lapkričio gruod|gruodis|gruodžio",
    "is": "jan|janúar feb|febrúar mar|mars apr|apríl maí jún|júní júl|júlí ágú|ágúst "
    "sep|sept|september okt|október nóv|nóvember des|desember",
    "id": "jan|januari feb|februari mar|maret apr|april mei jun|juni jul|juli "
    "agu|agt|agustus sep|september okt|oktober nov|november des|desember",
    "ms": "jan|januari feb|februari mac apr|april mei jun julai ogo|ogos "
    "sep|september okt|oktober nov|november dis|disember",
    "tr": "oca|ocak şub|şubat mar|mart nis|nisan may|mayıs haz|haziran tem|temmuz "
    "ağu|ağustos eyl|eylül eki|ekim kas|kasım ara|aralık",
    "ru": "янв|январь|января фев|февр|февраль|февраля мар|март|марта апр|апрель|апреля "
    "май|мая июн|июнь|июня июл|июль|июля авг|август|августа "
    "сен|сент|сентябрь|сентября окт|октябрь|октября ноя|нояб|ноябрь|ноября "
    "дек|декабрь|декабря",
    "uk": "січ|січень|січня лют|лютий|лютого бер|березень|березня квіт|кві|квітень|квітня "
    "трав|тра|травень|травня черв|чер|червень|червня лип|липень|липня "
    "серп|сер|серпень|серпня вер|вересень|вересня жовт|жов|жовтень|жовтня "
    "лист|лис|листопад|листопада груд|гру|грудень|грудня",
    "el": "ιαν|ιανουάριος|ιανουαρίου φεβ|φεβρουάριος|φεβρουαρίου "
    "μαρ|μάρ|μάρτιος|μαρτίου απρ|απρίλιος|απριλίου μαΐ|μάιος|μαΐου|μαι "
    "ιουν|ιούνιος|ιουνίου ιουλ|ιούλιος|ιουλίου αυγ|αύγουστος|αυγούστου "
    "σεπ|σεπτέμβριος|σεπτεμβρίου οκτ|οκτώβριος|οκτωβρίου νοε|νοέμβριος|νοεμβρίου "
    "δεκ|δεκέμβριος|δεκεμβρίου",
}
MONTHS = {
    language: tuple(tuple(month.split("|")) for month in names.split())
    for language, names in _NAMES.items()
}
"""By language, then by month from 0: its names, in small letters."""
_DOTLESS = str.maketrans({"ı": "i", "İ": "i", "I": "i"})


def _plain(word: str) -> str:
    """Without case and accents; the two letters i of Turkish are one."""
    apart = unicodedata.normalize("NFD", word.translate(_DOTLESS).lower())
    return "".join(one for one in apart if not unicodedata.combining(one))


@cache
def _known() -> dict[str, dict[str, int]]:
    return {
        language: {
            _plain(name): at for at, names in enumerate(months, 1) for name in names
        }
        for language, months in MONTHS.items()
    }


def month_of(word: str, language: str) -> int | None:
    """1 to 12 where the language has a month of that name."""
    return _known()[language].get(_plain(word))


def languages_of(words: set[str]) -> list[str]:
    """The languages that have all these months, each set of months once."""
    found: dict[tuple[int | None, ...], str] = {}
    for language in MONTHS:
        months = tuple(month_of(word, language) for word in sorted(words))
        if None not in months:
            found.setdefault(months, language)
    return list(found.values())


@cache
def _patterns(language: str) -> list[str]:
    made = []
    for names in MONTHS[language]:
        plain = sorted({_plain(name) for name in names}, key=len, reverse=True)
        words = "|".join(re.sub("i", "[iı]", name) for name in plain)
        made.append(rf"(?i)(^|\PL)(?:{words})\.?(\PL|$)")
    return made


def in_english(strings: pl.Series, language: str) -> pl.Series:
    """With each month's name as its first three letters in English."""
    strings = strings.str.normalize("NFD").str.replace_all(r"\p{M}", "")
    strings = strings.str.normalize("NFC")
    for pattern, month in zip(_patterns(language), ENGLISH, strict=True):
        strings = strings.str.replace(pattern, f"${{1}}{month}${{2}}")
    return strings
