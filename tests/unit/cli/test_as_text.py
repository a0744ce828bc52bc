"""The text of `list`, `watch` and `explain`: aligned, harmless, within the window, in words before colors."""

from __future__ import annotations

import re

import pytest

from oomtray.cli import main
from oomtray.cli.as_text import listing, memory_lines, summary, warning
from oomtray.cli.explain import explanation
from oomtray.cli.terminal import Terminal
from oomtray.config import Thresholds
from oomtray.kernel.process_facts import Command
from oomtray.kernel.snapshot import OomPolicy, Scope
from oomtray.risk.assessment import Assessment
from oomtray.risk.explain import explain
from oomtray.risk.judged import Risk
from oomtray.risk.killer import Also
from oomtray.risk.outlook import Forecast, Level
from oomtray.text import columns
from tests.facts import GIB, MIB, desktops
from tests.facts.assessments import app, assessment, risk, victim
from tests.facts.memory import memory
from tests.facts.process_facts import hostile, process_facts
from tests.facts.processes import kernel_thread, process
from tests.facts.snapshots import snapshot

PIPE = Terminal()
HOSTILE = "a\n\x1b[2J\x9b31m"


def shown(pid: int, rank: int | None, name: str, **changes: object) -> Risk:
    facts = {key: changes.pop(key) for key in ("oom_score_adj", "rss", "oom_score") if key in changes}
    return risk(of=process(pid, name=name, **facts), rank=rank, **changes)


def korean() -> Assessment:
    return assessment(
        risks=(
            shown(4242, 1, "한글이름", oom_score_adj=233, share=610.4, change=2.0 * MIB, rss=5 * GIB),
            shown(7, 2, "mysqld", share=31.0, change=-100.0 * MIB / 60),
            shown(31337, 3, "漢字 x", share=0.1),
            shown(1, None, "systemd", why_not="pid-1", oom_score=0),
        )
    )


def test_a_list_with_wide_names_is_aligned() -> None:
    assert listing(korean(), Thresholds(), PIPE, None) == [
        "Memory is fine: 50 % used, 8.0 GiB of 16.0 GiB left.",
        "If memory ran out now, the kernel would kill 한글이름 (4242), which would free at most 81.0 MiB.",
        "",
        "#    PID  NAME       SHARE  SCORE  CHANGE/MIN   ADJ   MEMORY  WARNING",
        "1   4242  한글이름  61.0 %    700    +120 MiB  +233  5.0 GiB  ! next victim",
        "2      7  mysqld     3.1 %    700    -100 MiB     0  100 MiB",
        "3  31337  漢字 x     0.0 %    700           –     0  100 MiB",
        "–      1  systemd    0.4 %      0           –     0  100 MiB  never: PID 1",
        "",
        "Memory  [###############---------|--|--] 50 % used, 8.0 GiB of 16.0 GiB left",
        "                                 80 % 90 %: warning and critical",
        "Swap    25 % used, 6.0 GiB of 8.0 GiB left",
        "Stall   0.5 % of the last 10 s for some process, 0.2 % for all",
        "Kills   3 by the kernel since boot",
    ]


MIXED = (
    shown(4242, 1, "rust-analyzer-x", oom_score_adj=233, share=610.4, rss=5 * GIB, change=2.0 * MIB),
    shown(31337, 2, "Isolated Web Co", share=31.0),
)
STILL = tuple(shown(found.process.pid, found.rank, found.process.name) for found in MIXED)


@pytest.mark.parametrize(
    ("risks", "width", "head", "first"),
    [
        pytest.param(
            MIXED,
            100,
            "#    PID  NAME              SHARE  SCORE  CHANGE/MIN   ADJ   MEMORY  WARNING",
            "1   4242  rust-analyzer-x  61.0 %    700    +120 MiB  +233  5.0 GiB  ! next victim",
            id="all of it",
        ),
        pytest.param(
            MIXED,
            80,
            "#    PID  NAME              SHARE  CHANGE/MIN   ADJ   MEMORY  WARNING",
            "1   4242  rust-analyzer-x  61.0 %    +120 MiB  +233  5.0 GiB  ! next victim",
            id="80 columns",
        ),
        pytest.param(
            STILL,
            76,
            "#    PID  NAME             SHARE  SCORE  ADJ   MEMORY  WARNING",
            "1   4242  rust-analyzer-x  0.4 %    700    0  100 MiB  ! next victim",
            id="no change known: that column goes first",
        ),
        pytest.param(
            MIXED,
            40,
            "  PID  NAME        ADJ   MEMORY  WARNING",
            " 4242  rust-ana…  +233  5.0 GiB  ! next…",
            id="40 columns",
        ),
    ],
)
def test_a_narrow_window_keeps_who_how_much_and_the_warning(
    risks: tuple[Risk, ...], width: int, head: str, first: str
) -> None:
    lines = listing(assessment(risks=risks), Thresholds(), Terminal(columns=width), None)
    start = next(n for n, line in enumerate(lines) if "MEMORY" in line)
    assert lines[start : start + 2] == [head, first]


def test_apps_have_a_row_each() -> None:
    members = (shown(11, 1, "tab", oom_score_adj=233), shown(12, 2, "parent"))
    grouped = assessment(risks=members, apps=(app("firefox", members=members, warning="high", share=700.0), app("밈", members=(shown(13, 3, "cat"),))))
    lines = listing(grouped, Thresholds(), PIPE, None, apps=True)
    assert lines[3:6] == [
        "#  APP      PROCESSES   SHARE        ADJ      HOLDS  WARNING",
        "1  Firefox          2  70.0 %  0 to +233  ≤ 500 MiB  ! next victim",
        "1  밈               1   2.0 %          0    500 MiB",
    ]


def test_what_an_app_holds_goes_by_another_name_than_what_a_process_shows(capsys: pytest.CaptureFixture[str]) -> None:
    one = shown(11, 1, "tab")
    rows = assessment(risks=(one,), apps=(app("firefox", members=(one,)),))
    heads = [set(listing(rows, Thresholds(), PIPE, None, apps=apps)[3].split()) for apps in (False, True)]
    measures = [head & {"MEMORY", "HOLDS"} for head in heads]
    assert measures == [{"MEMORY"}, {"HOLDS"}]
    assert main(["list", "--help"], tray=lambda _: 1) == 0
    told = capsys.readouterr().out
    assert all(word in told for word in ("MEMORY is", "HOLDS is"))


def test_the_same_program_of_several_users_says_whose_it_is() -> None:
    owners = (("python", 0), ("python", 4294967000), ("postgres", None), ("postgres", 0), ("vim", 0))
    apps = tuple(app(name, uid=uid, members=(shown(pid, pid, name),)) for pid, (name, uid) in enumerate(owners, 2))
    lines = listing(assessment(risks=(), apps=apps), Thresholds(), PIPE, None, apps=True)
    named = [" ".join(line.split()[1:3]) for line in lines if line[:1] == "1"]
    assert named == ["Python (root)", "Python (uid", "Postgres (system)", "Postgres (root)", "Vim 1"]


@pytest.mark.parametrize("rows", [0, 2, 4, 99])
def test_no_more_rows_than_asked_for(rows: int) -> None:
    lines = listing(korean(), Thresholds(), PIPE, rows)
    assert lines.index("", 3) - 4 == min(rows, 4)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_no_line_is_wider_than_the_window(width: int) -> None:
    wide = korean()
    lines = listing(wide, Thresholds(), Terminal(columns=width), None)
    words = {word for sentence in summary(wide) for word in sentence.split()}
    assert all(columns(line) <= width or line in words for line in lines)


@pytest.mark.parametrize(
    ("width", "gauge", "stall"),
    [
        pytest.param(
            60,
            ["Memory  [#######----|-|] 50 % used, 8.0 GiB of 16.0 GiB left", "                    80 % 90 %: warning and critical"],
            ["Stall   0.5 % of the last 10 s for some process, 0.2 % for", "        all"],
            id="shorter",
        ),
        pytest.param(
            50,
            ["Memory  [#####---||] 50 % used", "                 80 % 90 %: warning and critical"],
            ["Stall   0.5 % of the last 10 s for some process,", "        0.2 % for all"],
            id="shortest",
        ),
    ],
)
def test_a_narrow_window_shortens_the_gauge_and_cuts_no_number(width: int, gauge: list[str], stall: list[str]) -> None:
    lines = listing(korean(), Thresholds(), Terminal(columns=width), None)
    swap, kills = "Swap    25 % used, 6.0 GiB of 8.0 GiB left", "Kills   3 by the kernel since boot"
    assert lines[-6:] == [*gauge, swap, *stall, kills]


@pytest.mark.parametrize("terminal", [PIPE, Terminal(columns=72)], ids=["pipe", "window"])
def test_a_hostile_name_brings_no_control_character_to_the_terminal(terminal: Terminal) -> None:
    rows = (shown(7, 1, HOSTILE), shown(8, 2, HOSTILE))
    first = victim(rows[0], near=rows[1:], also=Also(HOSTILE, "oom-policy-stop", (7, 8)))
    evil = assessment(
        risks=rows,
        victim=first,
        apps=(app(HOSTILE, members=rows),),
        snapshot=snapshot(*(row.process for row in rows), scope=Scope("cgroup", 9999, HOSTILE, 4096)),
    )
    text = (
        listing(evil, Thresholds(), terminal, None)
        + listing(evil, Thresholds(), terminal, None, apps=True)
        + explanation(evil, explain(evil, 7), terminal, hostile())
    )
    assert not [line for line in text if re.search(r"[\x00-\x1f\x7f-\x9f]", line)]
    assert any("\\n\\x1b[2J" in line for line in text)


def test_a_process_whose_name_is_empty_has_quotes_in_its_column() -> None:
    rows = (shown(7, 1, ""),)
    nameless = assessment(risks=rows, apps=(app(name="", members=rows),), snapshot=snapshot(*(row.process for row in rows)))

    assert any("7  ''" in line for line in listing(nameless, Thresholds(), PIPE, None))
    assert any("1  ''" in line for line in listing(nameless, Thresholds(), PIPE, None, apps=True))


def test_color_adds_to_the_words_and_takes_none_away() -> None:
    serious = assessment(risks=korean().risks, level=Level("critical"))
    plain = listing(serious, Thresholds(), Terminal(columns=100), None)
    colored = listing(serious, Thresholds(), Terminal(columns=100, color=True), None)
    assert "\x1b[1;31m" in colored[0]
    assert [re.sub(r"\x1b\[[\d;]*m", "", line) for line in colored] == plain


def test_an_encoding_without_typographic_signs_gets_plain_ones() -> None:
    text = "\n".join(listing(assessment(), Thresholds(), Terminal(columns=60, typographic=False), None))
    assert text.isascii()


@pytest.mark.parametrize(
    ("situation", "says"),
    [
        pytest.param(assessment(level=Level("warning")), "Memory is getting tight: 50 % used", id="warning"),
        pytest.param(assessment(level=Level("critical")), "Memory is nearly gone: 50 % used", id="critical"),
        pytest.param(assessment(forecast=Forecast(kill=(200.0, 280.0))), "It lasts about 3–5 min at this rate.", id="forecast"),
        pytest.param(
            assessment(snapshot=snapshot(complete=False)),
            "Only processes that you can see are counted.",
            id="incomplete",
        ),
        pytest.param(assessment(risks=()), "There is no process that the kernel could kill.", id="nobody"),
        pytest.param(
            assessment(snapshot=snapshot(scope=Scope("cgroup", 32768, "/a/b", 1 << 27))),
            "If /a/b ran out of memory now, the kernel would kill program1001 (1001), which would free at most 81.0 MiB.",
            id="cgroup",
        ),
        pytest.param(
            assessment(risks=(), snapshot=snapshot(scope=Scope("cgroup", 32768, "/a/b", 1 << 27))),
            "There is no process in /a/b that the kernel could kill.",
            id="empty-cgroup",
        ),
        pytest.param(
            assessment(
                snapshot=snapshot(policy=OomPolicy(0, 1)),
                overrides=("panic_on_oom",),
            ),
            "the kernel would panic and the whole machine would stop. The order below doesn't count, because vm.panic_on_oom is set.",
            id="panic-on-oom",
        ),
        pytest.param(
            assessment(overrides=("oom_kill_allocating_task",)),
            "the kernel would kill whichever process asked for memory at that moment.",
            id="kill-allocating-task",
        ),
        pytest.param(
            assessment(victim=victim(risk(1, rank=1), near=(risk(2, rank=2), risk(3, rank=3)))),
            "It could also be program2 (2) and program3 (3): too close to tell apart.",
            id="near",
        ),
        pytest.param(
            assessment(victim=victim(risk(1, rank=1), near=tuple(risk(n, rank=n) for n in range(2, 9)))),
            "program2 (2), program3 (3), program4 (4) and 4 more: too close",
            id="many-near",
        ),
        pytest.param(
            assessment(
                victim=victim(risk(1, rank=1), also=Also("term.scope", "oom-policy-stop", (1, 2, 3)))
            ),
            "This ends the unit term.scope with its 3 processes.",
            id="whole-unit",
        ),
        pytest.param(
            assessment(victim=victim(risk(1, rank=1), also=Also("/a", "memory-oom-group", (1, 2)))),
            "This ends the control group /a with its 2 processes.",
            id="whole-cgroup",
        ),
        pytest.param(
            assessment(victim=victim(risk(of=process(9, rss_anon=None), rank=1))),
            "would kill program9 (9).",
            id="frees-unknown",
        ),
        pytest.param(
            assessment(snapshot=snapshot(memory=memory(available=None))),
            "How much memory is left is unknown.",
            id="old-kernel",
        ),
    ],
)
def test_the_sentences_say_what_holds(situation: Assessment, says: str) -> None:
    assert says in " ".join(summary(situation))


@pytest.mark.parametrize("override", ["panic_on_oom", "oom_kill_allocating_task"])
def test_where_the_order_is_void_nobody_is_named(override: str) -> None:
    void = assessment(overrides=(override,))
    said = " ".join(summary(void))
    assert "program1001" not in said
    assert "free" not in said
    assert not any("next" in line for line in listing(void, Thresholds(), PIPE, None))


def test_a_panic_comes_before_any_kill() -> None:
    """As in out_of_memory(), which looks at panic_on_oom first."""
    said = " ".join(summary(assessment(overrides=("oom_kill_allocating_task", "panic_on_oom"))))
    assert "would panic" in said
    assert "whichever" not in said


def test_of_candidates_too_close_to_tell_apart_no_row_is_next_for_sure() -> None:
    close = (risk(1, rank=1), risk(2, rank=2, reasons=("near-victim",)))
    told = listing(assessment(risks=close, victim=victim(close[0], near=close[1:])), Thresholds(), PIPE, None)
    assert [line.rpartition("  ")[2] for line in told if "next" in line and "  " in line] == ["! maybe next", "maybe next"]


@pytest.mark.parametrize(("apps", "says"), [(True, ["! next victim"]), (False, ["! maybe next", "maybe next"])])
def test_an_app_is_next_for_sure_where_only_its_own_processes_are_close(apps: bool, says: list[str]) -> None:
    told = listing(desktops.twins(), Thresholds(), PIPE, None, apps=apps)
    assert [line.rpartition("  ")[2].partition(",")[0] for line in told if "next" in line and "  " in line] == says


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (risk(1, rank=5), ""),
        (risk(1, rank=1), "! next victim"),
        (risk(1, rank=1, warning="high", reasons=("next-victim", "large-share")), "!! next victim, high"),
        (risk(1, rank=2, reasons=("near-victim",)), "maybe next"),
        (
            risk(1, rank=3, warning="elevated", reasons=("large-share", "adj-set-by-app")),
            "! elevated, adj not inherited",
        ),
        (
            risk(1, rank=1, reasons=("next-victim", "unit-dies-whole", "small-but-first")),
            "! next victim, ends its unit, by its adj, not its size",
        ),
        (risk(1, rank=None), "never: adj -1000"),
        (risk(1, rank=None, why_not="kernel-thread"), "never: kernel thread"),
        (risk(1, rank=None, why_not="not-eligible"), "not now"),
    ],
)
def test_a_rows_warning_is_a_mark_and_words(row: Risk, says: str) -> None:
    assert warning(row) == says


@pytest.mark.parametrize(
    ("used", "gauge"),
    [
        pytest.param(0, "[------------------------|--|--] 0 %", id="empty"),
        pytest.param(50, "[###############---------|--|--] 50 %", id="half"),
        pytest.param(85, "[########################!#-|--] 85 %", id="warning-passed"),
        pytest.param(100, "[########################!##!##] 100 %", id="full"),
    ],
)
def test_the_gauge_shows_where_the_marks_are(used: int, gauge: str) -> None:
    lines = memory_lines(memory(total=100 * MIB, available=(100 - used) * MIB), Thresholds(), PIPE)
    assert gauge in lines[0]


def test_the_gauges_marks_are_the_users_own() -> None:
    lines = memory_lines(memory(), Thresholds(warning_percent=50, warning_left=0, critical_percent=97.5), PIPE)
    assert lines[0].startswith("Memory  [###############!")
    assert lines[1] == "                        50 %          97.5 %: warning and critical"


def test_the_gauge_of_a_large_machine_has_the_sizes_that_are_left_at_its_marks() -> None:
    lines = memory_lines(memory(total=512 * GIB, available=50 * GIB), Thresholds(), PIPE)
    assert lines[1].strip() == "4.0 GiB 2.0 GiB: warning and critical"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param({"swap_total": 0, "swap_free": 0}, "Swap    none", id="no-swap"),
        pytest.param({"swap_total": None, "swap_free": None}, "Swap    unknown: this kernel doesn't tell", id="swap-unknown"),
        pytest.param(
            {"psi_some_avg10": None, "psi_full_avg10": None},
            "Stall   unknown: this kernel doesn't tell",
            id="no-psi",
        ),
        pytest.param(
            {"psi_full_avg10": None},
            "Stall   0.5 % of the last 10 s for some process, – for all",
            id="psi-some-only",
        ),
        pytest.param(
            {"available": None}, f"Memory  [{'-' * 24}|--|--] – used, – of 16.0 GiB left", id="no-available"
        ),
    ],
)
def test_what_the_kernel_lacks_is_unknown_not_zero(changes: dict[str, int | None], line: str) -> None:
    assert line in memory_lines(memory(**changes), Thresholds(), PIPE)


def test_without_the_count_of_kills_there_is_no_line_of_it() -> None:
    assert not [line for line in memory_lines(memory(oom_kills=None), Thresholds(), PIPE) if line.startswith("Kills")]


def test_an_explanation_sums_up_and_tells() -> None:
    rows = (
        shown(1001, 1, "web", oom_score_adj=100, badness=99, share=100.0, unit="web.scope", app="web"),
        shown(1002, 2, "db"),
    )
    lines = explanation(assessment(risks=rows), explain(assessment(risks=rows), 1001), PIPE)
    assert lines[0].endswith(", app web, unit web.scope")
    assert lines[1:8] == [
        "",
        " PAGES   MEMORY",
        " 25600  100 MiB  resident",
        "     0      0 B  swapped out",
        "   256  1.0 MiB  page tables",
        "629100  2.4 GiB  oom_score_adj +100",
        "    99  396 KiB  badness, 10.0 % of RAM and swap",
    ]
    assert any("children" in line or "child processes" in line for line in lines[9:])


def test_an_explanation_without_badness_has_no_sum() -> None:
    whole = assessment(risks=(risk(of=kernel_thread(2), rank=None, why_not="kernel-thread"),))
    lines = explanation(whole, explain(whole, 2), PIPE)
    assert not [line for line in lines if "PAGES" in line]
    assert any("kernel thread" in line for line in lines)


def test_the_facts_stand_between_the_sum_and_the_sentences() -> None:
    whole = assessment(risks=(risk(4242, rank=1),))
    lines = explanation(whole, explain(whole, 4242), PIPE, process_facts())
    blank = [number for number, line in enumerate(lines) if not line]
    facts = lines[blank[1] + 1 : blank[2]]
    assert lines[blank[1] - 1].endswith("of RAM and swap")
    assert facts[:2] == [
        "Command      /usr/bin/python3 train.py --data /home/user/lab/set1 --workers 4",
        "Program      /usr/bin/python3.13",
    ]
    assert facts[facts.index("Children     4") + 1] == "             python3 (4243)"
    assert lines[blank[2] + 1].startswith("It counts as")


def test_a_long_command_line_leaves_room_for_the_rest_of_a_terminal() -> None:
    whole = assessment(risks=(risk(4242, rank=1),))
    facts = process_facts(command=Command(("java", *["-Dproperty=value"] * 400)))
    narrow = explanation(whole, explain(whole, 4242), Terminal(columns=60), facts)
    command = narrow[next(n for n, line in enumerate(narrow) if line.startswith("Command")) :][:8]
    assert [command[-1], narrow[narrow.index(command[-1]) + 1][:7]] == ["             …", "Program"]
    assert any(line.count("-Dproperty") == 400 for line in explanation(whole, explain(whole, 4242), PIPE, facts))
