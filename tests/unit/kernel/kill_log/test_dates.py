"""`dmesg -T` writes its dates in the user's language: each is the same moment, and one that isn't understood is unknown."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from oomtray.kernel.kill_log.dates import Dates, date_of
from oomtray.kernel.kill_log.lines import parse


def at(month: int, day: int) -> float:
    return datetime(2026, month, day, 2, 24, 5, tzinfo=UTC).timestamp()


AT = at(11, 28)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Sat Nov 28 02:24:05 2026", id="English"),
        pytest.param("جمع نوف 28 02:24:05 2026", id="Arabic"),
        pytest.param("T7 Th11 28 02:24:05 2026", id="Vietnamese"),
        pytest.param("Thứ 7 Tháng 11 28 02:24:05 2026", id="Vietnamese, long"),
        pytest.param("שבת נוב 28 02:24:05 2026", id="Hebrew"),
        pytest.param("сб лис 28 02:24:05 2026", id="Ukrainian"),
        pytest.param("la marras 28 02:24:05 2026", id="Finnish, which is no March"),
        pytest.param("ส. พ.ย. 28 02:24:05 2026", id="Thai"),
        pytest.param("शनि नव॰ 28 02:24:05 2026", id="Hindi"),
        pytest.param("토 11월 28 02:24:05 2026", id="Korean"),
        pytest.param("六 11月 28 02:24:05 2026", id="Chinese"),
        pytest.param("sam. nov. 28 02:24:05 2026", id="French"),
    ],
)
def test_the_same_moment_in_any_language(written: str) -> None:
    assert date_of(written, AT + 60) == AT
    line = parse(f"[{written}] Out of memory: Killed process 5 (x)", Dates(AT + 60))
    assert (line.time, line.text) == (AT, "Out of memory: Killed process 5 (x)")


@pytest.mark.parametrize("written", ["Shab Qwz 28 02:24:05 2026", "T7 Th13 28 02:24:05 2026", "Nov 02:24:05 2026", "გიო 28 02:24:05 2026"])
def test_what_is_not_understood_is_unknown_and_the_kill_is_read(written: str) -> None:
    assert date_of(written, AT + 60) is None
    assert parse(f"[{written}] Out of memory: Killed process 5 (x)", Dates(AT)).text == "Out of memory: Killed process 5 (x)"


@pytest.mark.parametrize(
    ("written", "month", "day"),
    [
        pytest.param("pet lip 12 02:24:05 2026", 6, 12, id="June in Croatian"),
        pytest.param("wto lip 14 02:24:05 2026", 7, 14, id="July in Polish"),
        pytest.param("pon lip 15 02:24:05 2026", 6, 15, id="a Monday in June, so it is Croatian"),
        pytest.param("pon lip 13 02:24:05 2026", 7, 13, id="a Monday in July, so it is Polish"),
        pytest.param("uto srp 14 02:24:05 2026", 7, 14, id="July in Croatian"),
        pytest.param("\u010dt srp 13 02:24:05 2026", 8, 13, id="August in Czech"),
        pytest.param("sri lis 28 02:24:05 2026", 10, 28, id="October in Croatian"),
        pytest.param("sob lis 28 02:24:05 2026", 11, 28, id="November in Polish"),
        pytest.param("so lis 28 02:24:05 2026", 11, 28, id="November in Czech"),
        pytest.param("pon lis 26 02:24:05 2026", 10, 26, id="a Monday in October"),
        pytest.param("pon lis 23 02:24:05 2026", 11, 23, id="a Monday in November"),
        pytest.param("sub stu 28 02:24:05 2026", 11, 28, id="November in Croatian"),
    ],
)
def test_a_month_that_neighbors_call_otherwise_is_the_one_that_was_meant(written: str, month: int, day: int) -> None:
    assert date_of(written, at(12, 31)) == at(month, day)


def test_where_a_line_can_not_tell_the_month_the_lines_before_do() -> None:
    now = at(12, 31)
    unknown, croatian, polish = Dates(now), Dates(now), Dates(now)
    assert unknown.of("lip 12 02:24:05 2026") is None
    croatian.of("uto svi 12 02:24:05 2026")
    assert croatian.of("lip 12 02:24:05 2026") == at(6, 12)
    polish.of("wto maj 12 02:24:05 2026")
    assert polish.of("lip 12 02:24:05 2026") == at(7, 12)


@pytest.mark.parametrize(
    "written",
    [
        "Nov 28, 2026, 2:24:05 PM", "Nov 28 02:24:05 PM", "Sat 28 Nov 2026 02:24:05 PM", "28 Nov 2026 2:24:05 p.m.", "2026-11-28 02:24:05 PM",
        "2026/11/28 14:24:05", "28.11.2026 14:24:05", "28.11.2026, 14:24:05",
    ],
)  # fmt: skip
def test_other_ways_to_write_a_date(written: str) -> None:
    assert date_of(written, AT + 86400) == AT + 12 * 3600
    line = parse(f"{written} web kernel: Out of memory: Killed process 5 (x)", Dates(AT + 86400))
    assert (line.time, line.tag, line.text) == (AT + 12 * 3600, "kernel", "Out of memory: Killed process 5 (x)")


@pytest.mark.parametrize(
    "written",
    [
        "28. November 2026 um 02:24:05", "28 nov. 2026 à 02:24:05", "28 nov 2026 a las 02:24:05", "28 nov 2026, ore 02:24:05",
        "28 ноя. 2026 г. в 02:24:05", "Nov 28, Sat 02:24:05", "02:24:05 28 November 2026, Saturday",
    ],
)  # fmt: skip
def test_words_between_the_month_and_the_clock(written: str) -> None:
    assert date_of(written, AT + 60) == AT


def test_midnight_and_noon_of_twelve_hours() -> None:
    assert date_of("Nov 28 2026 12:24:05 AM", AT) == AT - 2 * 3600
    assert date_of("Nov 28 2026 12:24:05 PM", AT) == AT + 10 * 3600


@pytest.mark.parametrize("half", ["PM", "p.m."])
@pytest.mark.parametrize("program", ["kernel", "earlyoom[9]"])
def test_twelve_hours_of_a_log_without_hosts(half: str, program: str) -> None:
    line = parse(f"Nov 28 02:24:05 {half} {program}: some words", Dates(AT + 86400))
    assert (line.time, line.host, line.tag) == (AT + 12 * 3600, None, program.removesuffix("[9]"))


@pytest.mark.parametrize("written", ["11/12/2026 14:24:05", "32.11.2026 14:24:05", "11.13.2026 14:24:05"])
def test_a_date_that_may_be_two_is_unknown(written: str) -> None:
    assert date_of(written, AT) is None


@pytest.mark.parametrize(
    ("written", "apart"),
    [
        ("28/Nov/2026:02:24:05 +0000", 0),
        ("28/Nov/2026:02:24:05 -0130", 5400),
        ("Sat, 28 Nov 2026 02:24:05 +0200", -7200),
        ("28 Nov 2026 02:24:05 GMT", 0),
        ("2026-11-28 02:24:05 GMT", 0),
    ],
)
def test_a_zone_counts_wherever_one_reads(written: str, apart: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Seoul")
        time.tzset()
        told = date_of(written, AT)
    time.tzset()
    assert told == AT + apart


@pytest.mark.parametrize("written", ["Sat Nov 28 24:24:05 2026", "2026-11-28T26:24:05Z", "2026-11-28 02:60:05", "28.11.2026 02:24:61", "28 Nov 2026 25:24:05 GMT"])
def test_no_time_of_day_is_unknown_not_another_day(written: str) -> None:
    assert date_of(written, AT) is None


@pytest.mark.parametrize(
    "names",
    [
        pytest.param("janv.|févr.|mars|avril|mai|juin|juil.|août|sept.|oct.|nov.|déc.", id="French"),
        pytest.param("jan|fév|mar|avr|mai|jun|jui|aoû|sep|oct|nov|déc", id="French in Canada and Switzerland"),
        pytest.param("Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez", id="Austrian"),
        pytest.param("de gen.|de febr.|de març|d’abr.|de maig|de juny|de jul.|d’ag.|de set.|d’oct.|de nov.|de des.", id="Catalan"),
        pytest.param("Xan|Feb|Mar|Abr|Mai|Xuñ|Xul|Ago|Set|Out|Nov|Dec", id="Galician"),
        pytest.param("urt|ots|mar|api|mai|eka|uzt|abu|ira|urr|aza|abe", id="Basque"),
        pytest.param("jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez", id="Portuguese"),
        pytest.param("gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic", id="Italian"),
        pytest.param("ian|feb|mar|apr|mai|iun|iul|aug|sep|oct|nov|dec", id="Romanian"),
        pytest.param("jan|febr|márc|ápr|máj|jún|júl|aug|szept|okt|nov|dec", id="Hungarian"),
        pytest.param("jan|feb|mar|apr|máj|jún|júl|aug|sep|okt|nov|dec", id="Slovak"),
        pytest.param("jan|feb|mar|apr|maj|jun|jul|avg|sep|okt|nov|dec", id="Slovenian"),
        pytest.param("јан|феб|мар|апр|мај|јун|јул|авг|сеп|окт|нов|дец", id="Serbian"),
        pytest.param("јан|фев|мар|апр|мај|јун|јул|авг|сеп|окт|ное|дек", id="Macedonian"),
        pytest.param("яну|фев|мар|апр|май|юни|юли|авг|сеп|окт|ное|дек", id="Bulgarian"),
        pytest.param("Jan|Shk|Mar|Pri|Maj|Qer|Kor|Gsh|Sht|Tet|Nën|Dhj", id="Albanian"),
        pytest.param("Ιαν|Φεβ|Μαρ|Απρ|Μαΐ|Ιουν|Ιουλ|Αυγ|Σεπ|Οκτ|Νοε|Δεκ", id="Greek"),
        pytest.param("Oca|Şub|Mar|Nis|May|Haz|Tem|Ağu|Eyl|Eki|Kas|Ara", id="Turkish"),
        pytest.param("Yan|Fev|Mar|Apr|May|İyn|İyl|Avq|Sen|Okt|Noy|Dek", id="Azerbaijani"),
        pytest.param("Yan|Fev|Mar|Apr|May|Iyn|Iyl|Avg|Sen|Okt|Noy|Dek", id="Uzbek"),
        pytest.param("Қаң|Ақп|Нау|Сәу|Мам|Мау|Шіл|Там|Қыр|Қаз|Қар|Жел", id="Kazakh"),
        pytest.param("янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек", id="Russian"),
        pytest.param("січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру", id="Ukrainian"),
        pytest.param("сту|лют|сак|кра|мая|чэр|ліп|жні|вер|кас|ліс|сне", id="Belarusian"),
        pytest.param("saus.|vas.|kov.|bal.|geg.|birž.|liep.|rugp.|rugs.|spal.|lapkr.|gruod.", id="Lithuanian"),
        pytest.param("jan|feb|mar|apr|mai|jūn|jūl|aug|sep|okt|nov|dec", id="Latvian"),
        pytest.param("jaan|veebr|märts|apr|mai|juuni|juuli|aug|sept|okt|nov|dets", id="Estonian"),
        pytest.param("tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu", id="Finnish"),
        pytest.param("jan|feb|mar|apr|maí|jún|júl|ágú|sep|okt|nóv|des", id="Icelandic"),
        pytest.param("Ean|Feabh|Márta|Aib|Beal|Meith|Iúil|Lún|MFómh|DFómh|Samh|Noll", id="Irish"),
        pytest.param("Ion|Chw|Maw|Ebr|Mai|Meh|Gor|Aws|Med|Hyd|Tach|Rha", id="Welsh"),
        pytest.param("იან|თებ|მარ|აპრ|მაი|ივნ|ივლ|აგვ|სექ|ოქტ|ნოე|დეკ", id="Georgian"),
        pytest.param("Հնվ|Փտր|Մար|Ապր|Մայ|Հնս|Հլս|Օգս|Սեպ|Հոկ|Նմբ|Դեկ", id="Armenian"),
        pytest.param("ינו|פבר|מרץ|אפר|מאי|יונ|יול|אוג|ספט|אוק|נוב|דצמ", id="Hebrew"),
        pytest.param("ينا|فبر|مار|أبر|ماي|يون|يول|أغس|سبت|أكت|نوف|ديس", id="Arabic"),
        pytest.param("جانفي|فيفري|مارس|أفريل|ماي|جوان|جويلية|أوت|سبتمبر|أكتوبر|نوفمبر|ديسمبر", id="Arabic in Algeria"),
        pytest.param("ژانویه|فوریه|مارس|آوریل|مه|ژوئن|ژوئیه|اوت|سپتامبر|اكتبر|نوامبر|دسامبر", id="Persian"),
        pytest.param("جنوری|فروری|مارچ|اپریل|مئی|جون|جولائی|اگست|ستمبر|اکتوبر|نومبر|دسمبر", id="Urdu"),
        pytest.param("जन॰|फ़र॰|मार्च|अप्रैल|मई|जून|जुल॰|अग॰|सित॰|अक्तू॰|नव॰|दिस॰", id="Hindi"),
        pytest.param("ม.ค.|ก.พ.|มี.ค.|เม.ย.|พ.ค.|มิ.ย.|ก.ค.|ส.ค.|ก.ย.|ต.ค.|พ.ย.|ธ.ค.", id="Thai"),
        pytest.param("Jan|Feb|Mar|Apr|Mei|Jun|Jul|Agu|Sep|Okt|Nov|Des", id="Indonesian"),
        pytest.param("Jan|Feb|Mac|Apr|Mei|Jun|Jul|Ogos|Sep|Okt|Nov|Dis", id="Malay"),
        pytest.param("Ene|Peb|Mar|Abr|May|Hun|Hul|Ago|Set|Okt|Nob|Dis", id="Filipino"),
        pytest.param("一月|二月|三月|四月|五月|六月|七月|八月|九月|十月|十一月|十二月", id="Chinese in Singapore"),
        pytest.param("كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني|كانون الأول", id="Arabic in Syria"),
    ],
)
def test_each_month_in_any_language(names: str) -> None:
    """As glibc's locales have them; those that mean another month in a neighboring language have tests of their own."""
    months = names.split("|")
    assert [date_of(f"Qq {name} 28 02:24:05 2026", AT) for name in months] == [at(number, 28) for number in range(1, 13)]
    assert [date_of(f"28 {name} 2026 02:24:05", AT) for name in months] == [at(number, 28) for number in range(1, 13)]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("mar jui 28 02:24:05 2026", at(7, 28)),
        ("mar qwz 28 02:24:05 2026", None),
        ("Sen qwz 28 02:24:05 2026", None),
        ("शेनवार क्वज़ 28 02:24:05 2026", None),
        ("28 de nov de 2026 02:24:05", AT),
        ("Nov 28 CET 2026 02:24:05", AT),
    ],
)
def test_a_weekday_is_no_month(written: str, told: float | None) -> None:
    assert date_of(written, AT) == told


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026/11/28 02:24:05", at(11, 28)),
        ("11/28/2026 02:24:05", at(11, 28)),
        ("11/28/2026, 2:24:05 AM", at(11, 28)),
        ("28/11/2026 02:24:05", at(11, 28)),
        ("28/11/2026 03:24:05 +0100", at(11, 28)),
        ("7/7/2026 2:24:05", at(7, 7)),
        ("01/02/2026 02:24:05", None),
        ("13/14/2026 02:24:05", None),
        ("00/28/2026 02:24:05", None),
    ],
)
def test_numbers_with_slashes(written: str, moment: float | None) -> None:
    """Whether the day or the month comes first is known only from a number that can't be both."""
    assert date_of(written, AT + 60) == moment
    assert parse(f"{written} web kernel: Out of memory: Killed process 5 (x)", Dates(AT)) == ("Out of memory: Killed process 5 (x)", "kernel", "web", moment, None, None, True)


@pytest.mark.parametrize("written", ["2026-13-01 02:24:05", "2026-02-30 02:24:05", "2026-00-10 02:24:05Z", "Feb 30 02:24:05", "Feb 30 2:24:05 AM", "Sat Feb 29 02:24:05 2026"])
def test_there_is_no_such_day(written: str) -> None:
    assert date_of(written, AT) is None


@pytest.mark.parametrize("written", ["Feb 29 02:24:05", "02-29 02:24:05"])
def test_a_day_that_not_each_year_has(written: str) -> None:
    assert date_of(written, AT) == datetime(2024, 2, 29, 2, 24, 5, tzinfo=UTC).timestamp()
