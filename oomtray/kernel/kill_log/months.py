"""Find the month in a date, in the languages of glibc's locales that have one for a desktop."""

from __future__ import annotations

import re
from calendar import timegm
from time import gmtime

_NUMBERED = re.compile(r"(\d{1,2})\s?[월月]|\bth(?:g|áng)?[. ]?(\d{1,2})\b", re.IGNORECASE)
_SHORT = {
    1: "jan ene gen янв janv led sty oca ιαν sij jän ian xan urt яну јан yan сту იან հնվ қаң ژان جنو جان ion ean 一月",
    2: "feb fév fev févr фев úno lut şub φεβ vel velj peb ots shk феб თებ փտր ақп فور فرو فيف شباط chw fea fra 二月",
    3: "mar mär mrz mars maa мар bře mrt márc μαρ ožu mac сак მარ մար нау مارچ آذار maw már mäe měr 三月",
    4: "apr avr abr avril апр dub kwi nis απρ tra ápr api pri кра აპრ ապր сәу آور اپر أفر نيسان ebr aib 四月",
    5: "may mai mag maj май мая mei kvě μαϊ μαι svi máj maí мај მაი մայ мам مه مئی أيار bea mee mej 五月",
    6: "jun juin giu июн čvn cze haz ιουν čen jún jūn iun hun xuñ eka qer юни јун iyn чэр ივნ հնս мау ژوئن جون جوا حزيران meh meith ġun 六月",
    7: "jul juil lug июл čvc tem ιουλ čec júl jūl iul hul xul jui uzt kor юли јул iyl ліп ივლ հլս шіл ژوئیه جول جوي تموز gor iúi lul 七月",
    8: "aug août aoû ago авг sie ağu αυγ kol ag avg agu ogo abu gsh ágú avq жні აგვ օգս там اوت اگس أوت غشت آب aws lún aww awg aŭg 八月",
    9: "sep sept set сен zář wrz eyl σεπ ruj sze ira sht сеп sen სექ սեպ қыр سپت ستم شتن أيلول med mfó 九月",
    10: "oct okt ott out окт říj paź eki οκτ urr tet кас ოქტ հոկ қаз اكت اکت hyd dfó 十月",
    11: "nov ноя kas νοε stu nob aza nën ное нов nóv noy now ліс ნოე նմբ қар نوا نوم نون tac sam 十一月",
    12: "dec dez déc dic дек pro gru ara δεκ des pros dis abe dhj дец dek сне დეკ դեկ жел دسا دسم دجن rha nol diċ 十二月",
}  # fmt: skip
"""By their first letters, or whole if that is ambiguous."""
_LONG_PREFIXES = {
    1: "tammi saus jaan ינו ينا січ", 2: "helmi vas veebr פבר فبر лют", 3: "maalis kov märts מרץ مار бер", 4: "huhti bal אפר أبر кві",
    5: "touko geg מאי ماي тра", 6: "kesä birž juuni יונ يون чер", 7: "heinä liep juuli יול يول лип", 8: "elo rugp אוג أغس сер",
    9: "syys rugs ספט سبت вер", 10: "loka spal אוק أكت жов", 11: "marras lapkr נוב نوف лис", 12: "joulu gruod dets דצמ ديس гру",
}  # fmt: skip
"""Months by more than three letters, as three would be ambiguous or meaningless."""
MONTHS = {name: number for names in (_SHORT, _LONG_PREFIXES) for number, words in names.items() for name in words.split()}
"""Number of a month by its name or the beginning of it."""
_BY_TWO_WORDS = {"كانون الثاني": 1, "تشرين الأول": 10, "تشرين الثاني": 11, "كانون الأول": 12}
_THAI_AND_HINDI = (
    "ม.ค.|जन", "ก.พ.|फ़र|फर", "มี.ค.|मार्च", "เม.ย.|अप्रै", "พ.ค.|मई", "มิ.ย.|जून",
    "ก.ค.|जुल", "ส.ค.|अग", "ก.ย.|सित", "ต.ค.|अक्", "พ.ย.|नव", "ธ.ค.|दिस",
)  # fmt: skip
"""Months in Thai and Hindi, whose vowel signs end a word for a pattern."""


_AMBIGUOUS: dict[str, dict[str, int]] = {
    "lip": {"hr": 6, "pl": 7},
    "srp": {"hr": 7, "cs": 8},
    "lis": {"hr": 10, "pl": 11, "cs": 11},
}
"""Month names that mean another month in a neighboring language."""
_TONGUES = {
    tongue: frozenset(words.split())
    for tongue, words in {
        "hr": "sij velj ožu tra svi kol ruj stu uto sri čet pet sub ned",
        "pl": "sty lut kwi maj cze sie wrz paź gru wto wt śro śr czw pią pt sob nie niedz ndz",
        "cs": "led úno bře dub kvě čvn čen čvc čec zář říj po út st čt pá so ne",
    }.items()
}
"""Month and weekday names that the other languages lack."""
_DAYS = {
    "hr": ("pon", "uto", "sri", "čet", "pet", "sub", "ned"),
    "pl": ("pon", "wto", "śro", "czw", "pią", "sob", "nie"),
    "cs": ("po", "út", "st", "čt", "pá", "so", "ne"),
}
"""Weekdays, from Monday on."""
_BESIDE = frozenset({
    "at", "of", "de", "del", "kl", "klo", "uhr", "um", "à", "a", "la", "las", "às", "ore", "alle", "в", "г", "o",
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
})  # fmt: skip
"""Words that may stand between a month and its year or clock, and weekdays, which may follow a month in English."""


def month_in(text: str, day: int, year: int | None, tongue: str | None) -> int | None:
    """Return the month that a date without its clock names, 1 to 12; None if it isn't known.

    `tongue` is as for `date_of`.
    """
    numbered = _NUMBERED.search(text)
    if numbered:
        number = int(numbered[1] or numbered[2])
        return number if 1 <= number <= 12 else None
    written = re.findall(r"[^\W\d_]+", text)
    words = [word.casefold().replace("\u0307", "") for word in written]  # of the Turkish capital I
    # a weekday precedes the month, and may look like another one (mar. in French)
    while words and (words[-1] in _BESIDE or (_by_name(words[-1]) is None and _is_zone(written[len(words) - 1]))):
        words.pop()
    if not words:
        return None
    if words[-1][:3] in _AMBIGUOUS:
        return _ambiguous_month(_AMBIGUOUS[words[-1][:3]], words, day, year, tongue)
    return _BY_TWO_WORDS.get(" ".join(words[-2:])) or _by_name(words[-1]) or _by_begin(text)


def without_number(text: str) -> str:
    """Return a date without the number of its month, as that isn't the day."""
    return _NUMBERED.sub(" ", text)


def tongue_of(text: str) -> str | None:
    """Return the language of a date if it is one in which a month may be ambiguous."""
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}
    found = [tongue for tongue, own in _TONGUES.items() if words & own]
    return found[0] if len(found) == 1 else None


def _by_name(word: str) -> int | None:
    return MONTHS.get(word) or MONTHS.get(word[:3])


def _is_zone(word: str) -> bool:
    return word.isascii() and word.isupper() and 3 <= len(word) <= 5


def _by_begin(text: str) -> int | None:
    parts = [part for part in text.split() if not part.isdecimal()]
    return next((number for number, names in enumerate(_THAI_AND_HINDI, 1) if parts and parts[-1].startswith(tuple(names.split("|")))), None)


def _ambiguous_month(
    meant: dict[str, int], words: list[str], day: int, year: int | None, tongue: str | None
) -> int | None:
    """Resolve the month by the weekday's language, else by its date, else by the language of other lines."""
    week = {
        one: _DAYS[one].index(word) if word in _DAYS[one] else None
        for one in meant
        for word in words
        if word in _DAYS[one] or word in _TONGUES[one]
    }
    months = {meant[one] for one in week or meant}
    if len(months) > 1 and year is not None:
        right = {meant[one] for one, at in week.items() if at is not None and _weekday(year, meant[one], day) == at}
        months = right or months
    if len(months) == 1:
        return months.pop()
    return meant.get(tongue) if tongue is not None else None


def _weekday(year: int, month: int, day: int) -> int:
    """Return the weekday; 0 is Monday."""
    return gmtime(timegm((year, month, day, 12, 0, 0))).tm_wday
