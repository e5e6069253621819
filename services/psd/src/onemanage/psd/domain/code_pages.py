"""Which encoding the names of a document are in that have no Unicode form.

Programs other than Photoshop, and Photoshop before version 5, write the names of layers
in the code page of their machine and say nowhere which. One name is too short to tell;
all of a document together are scored in each encoding by what their letters would be:
those that are usual in such names, those of the same script, and those of chance.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

CODECS = {
    "utf-8": "utf-8",
    "cp932": "cp932",
    "cp936": "gb18030",
    "cp949": "cp949",
    "cp950": "big5hkscs",
    "cp1251": "cp1251",
    "cp1252": "cp1252",
    "mac-roman": "mac_roman",
}
"""Those that are told apart, by the names of the API: Windows' code pages for Japanese,
simplified Chinese, Korean, traditional Chinese, Cyrillic and western languages."""
CHOSEN = CODECS | {
    "mac-cyrillic": "mac_cyrillic",
    "mac-greek": "mac_greek",
    "mac-turkish": "mac_turkish",
    "mac-latin2": "mac_latin2",
    "cp874": "cp874",
    **{f"cp{number}": f"cp{number}" for number in (1250, *range(1253, 1259))},
}
"""Those that a caller may choose besides."""

_USUAL_HANZI = frozenset(
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之"
    "过家学对可里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前"
    "所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种"
    "声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海"
    "口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住"
    "员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利"
    "受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色"
    "字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联权往展"
    "该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英"
    "基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形"
    "委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴"
    "图层背景副拷贝标按钮状曲线阶阴高稿发皮肤睛衣云草照框底登录图航左右价格智能蒙版调亮暗"
    "裤鞋帽嘴鼻眉腮眼睫毛星树叶雨雪阳灯窗桌椅床猫狗鱼鸟龙虎圆角矩椭填充渐纹理描投内外斜浮"
    "雕滤镜修饰细节装菜素材模板封宣海报横竖列栏箭号章签条码维促销优惠热店铺产详参购买立抢"
)
_USUAL_TRADITIONAL = frozenset(
    "的一是不了人我在有他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之"
    "過家學對可裡後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前"
    "所本見經頭面公同三已老從動兩長知民樣現分將外但身些與高意進把法此實回二理美點月明其種"
    "聲全工己話兒者向情部正名定女問力機給等幾很業最間新什打便位因重被走電四第門相次東政海"
    "圖層背景拷貝群組標題按鈕形狀曲線色階陰影亮暗稿物髮皮膚眼睛衣服空雲草照片邊框底登入示"
    "導覽左右價格智慧型件遮罩調整上色字線條光花樹葉雨雪陽燈窗桌椅貓狗魚鳥龍虎圓角矩橢填滿"
    "漸層紋理外內斜浮雕濾鏡修飾細節裝素材模板封宣海報橫豎列欄箭號章籤碼優惠熱店產詳參購買"
)
_USUAL_HANGUL = frozenset(
    "이다는의가에을를고하지로은한기사도어리자아인나대시스그수서있라장정보부제일전해으원주"
    "들공동상구만우선조경게여성용지아트국유세과분소신모개면방연무계관마화비생실위학교회문"
    "단음적문체물식오바반현진치심역요내물감드러레이어배복사룹목버튼텍스양곡벨림하늘구름사테"
    "두글로그인콘메뉴왼쪽오른격채밑색명암효과제미지터타플필션박형태원각형사각얼굴눈코입머카"
    "락피손팔다몸옷신발모자빛둠안밖앞뒤위아래좌우숨김새로운합친묶기초안스케치펜선따기날짜번"
    "호주소전화상품할인판매쿠폰벤더너보기더닫열완료취확설검크작큰중간최종수본임시안녕"
)
_USUAL_KANJI = frozenset(
    "背景線画肌髪毛目影服文字写真色調補正人物空雲枠効果顔小新規乗算仕上主下塗手足口耳鼻眉"
    "前後左右中大白黒赤青緑黄紫金銀光暗明部分全体台詞表紙裏本奥床壁窓木花草水海山川夜昼朝夕"
    "星月日雨雪男女子供犬猫魚鳥車家道町店駅外内面横縦別複製統合結一二三四五六七八九十年版"
    "最終修完成原稿素材試作用意見出題名会社電話番号住所値段商品説明画像合成加工消去保存非表示"
)
_ACCENTED = frozenset("éèêëàâäáãåçñôöóòõûüùúîïíìßÉÈÀÂÄÁÃÅÇÑÖÓÔÜÚÍæøÆØœ")
_SIGNS = frozenset("“”‘’–—…•©®™°«»¿¡·×")
_RUN = re.compile("[^\x00-\x7f]{3,}")
"""Letters with accents, which western words do not have side by side."""
_MOST = 4_000
"""Characters that are weighed."""
_SURE = 2.0
"""So many times better than the next encoding."""

type Weigh = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Guess:
    """The encoding by its name in the API; ``how_sure`` goes from 0 to 1."""

    name: str
    how_sure: float

    @property
    def in_words(self) -> str:
        """sure, likely or a guess."""
        if self.how_sure >= 0.9:
            return "sure"
        return "likely" if self.how_sure >= 0.5 else "a guess"


def guess(names: Iterable[bytes], known: Sequence[tuple[bytes, str]] = ()) -> Guess:
    """Of names that are not all ASCII. ``known`` are names of the same document that
    have a Unicode form too: what gives that form is sure."""
    raw = [name for name in dict.fromkeys(names) if not name.isascii()]
    for told, codec in CODECS.items():
        if known and all(_agree(name, text, codec) for name, text in known):
            return Guess(told, 1.0)
    utf = [_decoded(name, "utf-8") for name in raw]
    if None not in utf:
        letters = sum(len(_telling(text or "")) for text in utf)
        return Guess("utf-8", min(1.0, 0.4 + letters / 5))
    scores = {name: _score(raw, name) for name in CODECS if name != "utf-8"}
    best, second = sorted(scores, key=lambda name: -scores[name])[:2]
    if not scores[best]:
        return Guess("mac-roman", 0.0)
    letters = sum(len(_telling(_decoded(one, CODECS[best]) or "")) for one in raw)
    margin = scores[best] / (scores[second] or 0.01)
    sure = min(1.0, (margin - 1) / (_SURE - 1)) * min(1.0, 0.3 + letters / 8)
    return Guess(best, round(sure, 2))


def decoded(name: bytes, told: str) -> str:
    """By a name of CHOSEN; what is no text in it gets the sign for that, and half a
    character at the end, where old programs cut names, is left out."""
    codec = CHOSEN[told]
    text = _decoded(name, codec)
    return name.decode(codec, "replace") if text is None else text


def _decoded(name: bytes, codec: str) -> str | None:
    """None where it is no text in that encoding."""
    for cut in range(4 if len(name) >= 31 else 1):
        try:
            return name[: len(name) - cut].decode(codec)
        except UnicodeDecodeError:
            continue
    return None


def _agree(name: bytes, text: str, codec: str) -> bool:
    told = _decoded(name, codec)
    return told is not None and text.startswith(told)


def _score(raw: Sequence[bytes], told: str) -> float:
    """The mean weight of the letters that are not ASCII; a name that is no text in the
    encoding counts as ten letters of chance."""
    weigh = _WEIGHTS[told]
    weights: list[float] = []
    for name in raw:
        text = _decoded(name, CODECS[told])
        if text is None:
            weights += [0.0] * 10
            continue
        weights += [weigh(text[at : at + 1]) for at in _telling(text)]
        weights += [-0.3] * _odd_cases(text)
        if weigh is _western:
            weights += [0.0] * 2 * sum(map(len, _RUN.findall(text)))
        if len(weights) > _MOST:
            break
    return max(0.0, sum(weights) / len(weights)) if weights else 0.0


def _telling(text: str) -> list[int]:
    return [at for at, char in enumerate(text) if char > "\x7f"]


def _odd_cases(text: str) -> int:
    """Capitals after small letters, and letters of two scripts side by side."""
    pairs = list(zip(text, text[1:], strict=False))
    cases = sum(a.islower() and b.isupper() and b > "\x7f" for a, b in pairs)
    scripts = sum(
        a.isalpha() and b.isalpha() and _is_cyrillic(a) != _is_cyrillic(b)
        for a, b in pairs
    )
    return cases + scripts


def _is_cyrillic(char: str) -> bool:
    return "Ѐ" <= char <= "ӿ"


def _is_hanzi(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _is_common_sign(char: str) -> bool:
    """Of East Asian names: full-width forms and punctuation."""
    return (
        "\u3000" <= char <= "\u303f" or "\uff01" <= char <= "\uff5e" or char in "·…—×"
    )


def _rank(char: str, codec: str, first: int, last: int) -> bool:
    """Whether its two bytes are among the usual ones of its standard."""
    stored = char.encode(codec, "ignore")
    return len(stored) == 2 and first <= stored[0] <= last


def _japanese(char: str) -> float:
    if "\u3041" <= char <= "\u30fe":
        return 1.0
    if "\uff61" <= char <= "\uff9f":
        return 0.2  # one byte each, so that anything can be read as them
    if char in _USUAL_KANJI:
        return 1.0
    if _is_hanzi(char):
        return 0.6 if _rank(char, "cp932", 0x88, 0x97) else 0.15
    return 0.6 if _is_common_sign(char) else 0.1


def _simplified(char: str) -> float:
    if char in _USUAL_HANZI:
        return 1.0
    if _is_hanzi(char):
        return _of_gb2312(char)
    return 0.6 if _is_common_sign(char) else 0.1


def _of_gb2312(char: str) -> float:
    try:
        first = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return 0.1
    return 0.5 if first < 0xD8 else 0.2


def _traditional(char: str) -> float:
    if char in _USUAL_TRADITIONAL:
        return 1.0
    if _is_hanzi(char):
        return 0.55 if _rank(char, "cp950", 0xA4, 0xC6) else 0.1
    return 0.6 if _is_common_sign(char) else 0.05


def _korean(char: str) -> float:
    if char in _USUAL_HANGUL:
        return 1.0
    if "\uac00" <= char <= "\ud7a3":
        return 0.5 if _rank(char, "euc_kr", 0xB0, 0xC8) else 0.1
    if _is_hanzi(char):
        return 0.1
    return 0.6 if _is_common_sign(char) else 0.1


def _cyrillic(char: str) -> float:
    if "а" <= char <= "я" or char == "ё":
        return 0.9
    if "А" <= char <= "Я" or char == "Ё":
        return 0.7
    return 0.6 if char in _SIGNS else 0.2 * _is_cyrillic(char)


def _western(char: str) -> float:
    if char in _ACCENTED:
        return 0.9 if char.islower() else 0.75
    if char in _SIGNS:
        return 0.6
    return 0.2 if unicodedata.category(char).startswith("L") else 0.1


_WEIGHTS: dict[str, Weigh] = {
    "cp932": _japanese,
    "cp936": _simplified,
    "cp949": _korean,
    "cp950": _traditional,
    "cp1251": _cyrillic,
    "cp1252": _western,
    "mac-roman": _western,
}
