"""Small tables in many languages and encodings, each with its text known.

The words are those that tables hold: names of columns, people and places, states of
orders, short remarks. They were written for this and come from no detector's corpus.
"""

import random
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

WORDS: dict[str, str] = {
    "de": "Größe|Straße|Menge|Verkäufer|München|Köln|Düsseldorf|Jürgen Müller|"
    "Bärbel Schäfer|Lieferung verspätet|Rückgabe geprüft|zurückgestellt|Österreich|"
    "Zürich|bestätigt|nicht verfügbar|Schlüssel für Tür|Grüße aus Lübeck",
    "fr": "prénom|référence|quantité|Orléans|Besançon|François Lefèvre|Zoé Gérard|"
    "livraison retardée|déjà payé|à vérifier|créé le|réglé|Hélène Bénard|forêt|"
    "pièce détachée|où êtes-vous|garçon|problème réglé",
    "es": "descripción|situación|teléfono|año|Málaga|Cádiz|José García|Begoña Núñez|"
    "envío atrasado|¿quién lo pidió?|España|niño|dirección|código|Peñíscola|acción|"
    "también|después de la reunión",
    "pt": "descrição|situação|endereço|São Paulo|João Conceição|Brasília|Belém|"
    "não disponível|atenção|preço médio|coração|Antônio Magalhães|Vitória|três caixas|"
    "devolução|informações|função|pão de açúcar",
    "it": "quantità|città|perché|Forlì|Niccolò Rossi|già pagato|è arrivato|più tardi|"
    "Cantù|attività|novità|libertà|lunedì|martedì|caffè|Nicolò Barrè|virtù|sarà",
    "sv": "förnamn|ändrad|Malmö|Göteborg|Åsa Björk|försenad|på väg|köp|år|Örebro|"
    "Västerås|Sjöström|återlämnad|betald i går|hög|första försök|säljare|Håkan Nyström",
    "da": "størrelse|mængde|Århus|København|Søren Jørgensen|på lager|forsinket å|"
    "Ærø|grøn kål|købt i går|Åse Kjær|Tromsø|beløb|født|år|måned|rødgrød|gårdsplads",
    "fi": "määrä|hinta|Jyväskylä|Hämeenlinna|Päivi Hyvönen|myöhässä|käsittelyssä|"
    "Järvenpää|tämä päivä|työ|Väinö Mäkelä|näyttö|sähköinen|käyttäjä|löytyi|ystävä",
    "is": "þýðing|Reykjavík|Ísafjörður|Þórður Guðmundsson|afhent á morgun|stærð|"
    "Sigríður Jónsdóttir|verð|fjöldi|það er búið|Æsa Bjarnadóttir|öll blöð|hús við á",
    "pl": "ilość|wartość|Łódź|Kraków|Gdańsk|Małgorzata Wójcik|opóźniona wysyłka|"
    "zwrócono część|Święta|żółty|źródło|Józef Dąbrowski|zapłacono|Częstochowa|"
    "województwo śląskie|mężczyzna|książka|już są",
    "cs": "množství|příjmení|Plzeň|Jiří Dvořák|Žaneta Nováková|zpožděno|vráceno zpět|"
    "Hradec Králové|České Budějovice|řada|věc|město|už zaplaceno|Ústí nad Labem|šťáva|"
    "kůň|účet|dodáno včera",
    "sk": "množstvo|priezvisko|Košice|Žilina|Ľubomír Kováč|doručené včera|ešte nie|"
    "Trenčín|späť|účet|veľký|môže|Ľubica Šťastná|Prešov|kôň|dňa|tovar vrátený|žltá",
    "hu": "mennyiség|vezetéknév|Győr|Székesfehérvár|Kővágó Gergő|későn érkezett|"
    "fizetve őszel|Erdősi Zsófia|árucikk|ű betűs|külön|város|előleg|Nyíregyháza|"
    "művelet|sürgős|hűtő|szőlő",
    "ro": "cantitate|oraș|București|Iași|Constanța|Ștefan Ionescu|întârziat|plătit şi|"
    "Timişoara|Bucureşti|livrată|județ|mâine|fără|Ţară|Brăila|înapoi|acţiune",
    "hr": "količina|mjesto|Šibenik|Čakovec|Željko Đurić|plaćeno|isporučeno kašnjenje|"
    "Đakovo|može|ćevapi|Žarko Šimić|vraćeno|riječ|noć|Požega|šuma|tržište|kuća",
    "tr": "açıklama|şehir|İstanbul|Diyarbakır|Ağrı|Gülşen Yıldırım|teslim edildi|"
    "ödeme bekliyor|müşteri adı|İsmail Çağlar|ürün|Eskişehir|geç geldi|sipariş|"
    "değişiklik|Muğla|şişe|ığdır",
    "et": "kogus|sõna|Põltsamaa|Jõhvi|Ülle Mägi|hilinenud äri|õpilane|Võru|küsimus|"
    "töö|tänav|Pärnu|kõik šokolaad|žanr|Õnne Käär|tellimus täidetud|võti",
    "lv": "daudzums|pilsēta|Rīga|Liepāja|Jānis Bērziņš|piegāde kavējas|Ķekava|Ēriks|"
    "šodien|Līga Ozoliņa|vārds|jūra|ģimene|ļoti labi|Jūrmala|četri gabali|žurnāls",
    "lt": "kiekis|miestas|Šiauliai|Panevėžys|Jūratė Žukauskaitė|vėluoja siuntą|grąžinta|"
    "Ąžuolas|įmonė|už tai|mokėjimas gautas|Vytautas Čepaitis|žmogus|šešių|ūkis|čia",
    "vi": "số lượng|thành phố|Hà Nội|Đà Nẵng|Nguyễn Văn Hùng|Trần Thị Thủy|đã giao|"
    "chưa thanh toán|địa chỉ|Cần Thơ|khách hàng|ngày đặt|mã đơn|giá tiền",
    "ru": "количество|город|Москва|Екатеринбург|Иванов Сергей|Ольга Щербакова|доставлен|"
    "ожидает оплаты|возврат товара|улица Ленина|Нижний Новгород|цена за штуку|подъезд|"
    "объём|ещё не отправлено|Юрий Чижов|заказчик|примечание",
    "uk": "кількість|місто|Київ|Львів|Чернівці|Єлизавета Їжак|доставлено|очікує сплати|"
    "вулиця Хрещатик|Іванна Гриценко|ціна за штуку|повернення|Юрій Щербак|Запоріжжя|"
    "замовник|примітка|ще не надіслано|її",
    "bg": "количество|град|София|Пловдив|Велико Търново|Георги Димитров|доставено|"
    "чака плащане|върната стока|улица Шипка|Надежда Щерева|цена за брой|бележка|"
    "клиентът е уведомен|Стара Загора|къща|ъгъл|още не",
    "sr": "количина|град|Београд|Ниш|Чачак|Љубица Ђорђевић|испоручено|чека уплату|"
    "враћена роба|Његошева улица|Џорџ Петровић|цена по комаду|још није|Ужице|напомена",
    "el": "ποσότητα|πόλη|Αθήνα|Θεσσαλονίκη|Ηράκλειο|Γιώργος Παπαδόπουλος|παραδόθηκε|"
    "σε αναμονή πληρωμής|Ελένη Αντωνίου|οδός Σταδίου|επιστροφή|τιμή|παρατηρήσεις|"
    "Ιωάννινα|όχι ακόμη|ημερομηνία|Χανιά|δεν υπάρχει",
    "he": "כמות|עיר|תל אביב|ירושלים|חיפה|יוסי כהן|שרה לוי|נמסר ללקוח|ממתין לתשלום|"
    "רחוב הרצל|הוחזר|מחיר ליחידה|הערות|באר שבע|עוד לא נשלח|לקוח|מספר הזמנה",
    "ar": "الكمية|المدينة|القاهرة|الإسكندرية|محمد عبد الله|فاطمة الزهراء|تم التسليم|"
    "في انتظار الدفع|شارع النيل|مرتجع|السعر|ملاحظات|الرياض|لم يتم الإرسال|العميل|جدة",
    "th": "จำนวน|เมือง|กรุงเทพมหานคร|เชียงใหม่|ขอนแก่น|สมชาย ใจดี|สุดารัตน์ ทองคำ|ส่งแล้ว|"
    "รอชำระเงิน|ถนนสุขุมวิท|คืนสินค้า|ราคาต่อหน่วย|หมายเหตุ|ภูเก็ต|ยังไม่ได้ส่ง|ลูกค้า",
    "kk": "саны|қала|Алматы|Қарағанды|Өскемен|Әйгерім Нұрланқызы|жеткізілді|күтуде|"
    "көшесі|бағасы|ескерту|Шымкент|тапсырыс|үйі|Ғалым Әбенов|һәм|іс|ұлы",
    "zh": "数量|城市|东莞|深圳|乌鲁木齐|张伟|李娜|王秀英|已发货|等待付款|退货处理中|单价|备注|"
    "上海市浦东新区|客户名称|订单编号|尚未发送|江苏省南京市|产品规格|第三季度",
    "tw": "數量|城市|臺北市|高雄|臺中|陳志明|林淑芬|黃雅婷|已出貨|等待付款|退貨處理中|單價|備註|"
    "新北市板橋區|客戶名稱|訂單編號|尚未發送|桃園縣中壢|產品規格|第三季",
    "ja": "数量|都市|東京都新宿区|大阪市|名古屋|田中太郎|佐藤花子|鈴木一郎|発送済み|お支払い待ち|"
    "返品処理中|単価|備考|ありがとうございます|お客様名|注文番号|まだ送っていません|テレビ|"
    "コンピュータ|カタログ|株式会社",
    "kana": "ﾃﾚﾋﾞ|ｶﾀﾛｸﾞ|ﾀﾅｶ ﾀﾛｳ|ｻﾄｳ ﾊﾅｺ|東京都|ｷｭｳｼｭｳ|株式会社ｱﾙﾌｧ|ﾆﾎﾝ|大阪市|ｼｽﾃﾑ|"
    "ｽｽﾞｷ ｲﾁﾛｳ|数量|備考|ｵｵｻｶ|ﾎｯｶｲﾄﾞｳ|支店名",
    "ko": "수량|도시|서울특별시|부산광역시|대구|김민수|이영희|박지훈|배송 완료|결제 대기|반품 처리 중|"
    "단가|비고|강남구 테헤란로|고객명|주문 번호|아직 보내지 않음|제주도|전자제품",
}
_WEST = ("de", "fr", "es", "pt", "it", "sv", "da", "fi")
_DOS = ("de", "fr", "es", "pt", "it", "sv", "fi")
_EAST = ("pl", "cs", "sk", "hu", "hr")
_CYRILLIC = ("ru", "bg", "sr")
_ALL = tuple(one for one in WORDS if one != "kana")

ENCODINGS: dict[str, tuple[str, ...]] = {
    "utf-8": _ALL,
    "utf-8-sig": ("de", "ru", "zh", "th"),
    "utf-16": ("de", "ru", "zh", "ja"),
    "utf-16-le": ("de", "ru", "ja", "ko", "th"),
    "utf-16-be": ("de", "ru", "ja", "ko", "th"),
    "utf-32": ("de", "ru", "zh"),
    "utf-32-le": ("de", "ru", "zh"),
    "utf-32-be": ("de", "ru", "zh"),
    "gb18030": ("zh", "tw", "ja"),
    "gbk": ("zh", "tw"),
    "gb2312": ("zh",),
    "big5": ("tw",),
    "big5hkscs": ("tw",),
    "shift_jis": ("ja", "kana"),
    "cp932": ("ja", "kana"),
    "euc_jp": ("ja",),
    "iso2022_jp": ("ja",),
    "euc_kr": ("ko",),
    "cp949": ("ko",),
    "cp1250": (*_EAST, "ro", "de"),
    "cp1251": (*_CYRILLIC, "uk"),
    "cp1252": (*_WEST, "is"),
    "cp1253": ("el",),
    "cp1254": ("tr",),
    "cp1255": ("he",),
    "cp1256": ("ar",),
    "cp1257": ("et", "lv", "lt"),
    "cp1258": ("vi",),
    "iso8859-1": (*_WEST, "is"),
    "iso8859-2": (*_EAST, "ro"),
    "iso8859-5": _CYRILLIC,
    "iso8859-6": ("ar",),
    "iso8859-7": ("el",),
    "iso8859-8": ("he",),
    "iso8859-9": ("tr",),
    "iso8859-13": ("lv", "lt"),
    "iso8859-15": _WEST,
    "cp437": _DOS,
    "cp850": (*_DOS, "da"),
    "cp852": _EAST,
    "cp866": ("ru", "bg"),
    "cp874": ("th",),
    "koi8-r": ("ru",),
    "koi8-u": ("uk", "ru"),
    "mac-roman": (*_WEST,),
    "mac-cyrillic": ("ru", "uk"),
    "kz1048": ("kk",),
    "cp737": ("el",),
    "cp857": ("tr",),
    "cp862": ("he",),
}
SIZES = (3, 12, 60, 400)
"""Rows."""


class Sample(NamedTuple):
    encoding: str
    language: str
    rows: int
    text: str
    data: bytes


def samples(seed: int = 1, rounds: int = 2) -> Iterator[Sample]:
    """The grid: every encoding in each of its languages and every size, ``rounds`` times.

    Where an encoding lacks a letter of the language, that word is left out.
    """
    for encoding, languages in ENCODINGS.items():
        for language in languages:
            words = words_of(language, encoding)
            for rows in SIZES:
                for number in range(rounds):
                    chance = random.Random(
                        f"{seed} {encoding} {language} {rows} {number}"
                    )
                    text = table(chance, words, rows)
                    yield Sample(encoding, language, rows, text, text.encode(encoding))


def words_of(language: str, encoding: str) -> list[str]:
    """Those that the encoding can write."""
    words = WORDS[language].split("|")
    if encoding == "cp1258":  # it has the tones as marks of their own
        words = [_with_marks(word) for word in words]
    return [word for word in words if _has(encoding, word)]


def _has(encoding: str, word: str) -> bool:
    try:
        return word.encode(encoding).decode(encoding) == word
    except UnicodeError:
        return False


def _with_marks(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    parts = re.sub(
        "([\u0300\u0301\u0303\u0309\u0323])([\u0302\u0306\u031b])", r"\2\1", parts
    )
    joined = re.sub(
        ".[\u0302\u0306\u031b]", lambda two: unicodedata.normalize("NFC", two[0]), parts
    )
    return joined


def table(chance: random.Random, words: list[str], rows: int) -> str:
    """A table of six columns: two numbers, a date, and three of words."""
    delimiter = chance.choice(",;\t|")
    header = ["id", *chance.sample(words, 3), "SKU", "date"]
    lines = [delimiter.join(header)]
    for number in range(1, rows + 1):
        day = f"20{chance.randint(10, 26)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        note = " ".join(chance.sample(words, 2)) if chance.random() < 0.4 else "ok"
        fields = [str(number), chance.choice(words), chance.choice(words), note]
        fields += [f"A-{chance.randint(100, 999)}", day]
        lines.append(delimiter.join(fields))
    return "\r\n".join(lines) + "\r\n"
