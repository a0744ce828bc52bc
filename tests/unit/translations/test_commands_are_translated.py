"""Whatever a text command shows comes out of the catalogue: help, results, errors; only data stay as they are."""

from __future__ import annotations

import argparse
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from oomtray import cli
from oomtray.actions.units import changer, dropin
from oomtray.cli import listing
from oomtray.history.database import Database
from oomtray.history.kills import put_kills
from oomtray.kernel.files import boot_id
from tests.facts import GIB, MIB
from tests.facts.kills import NAMES as NAMES_OF_KILLS
from tests.facts.kills import NOW
from tests.facts.kills import leak as leaked
from tests.rigs.bus.peers import PrivateBus
from tests.rigs.bus.systemd_manager import SystemdManager, systemd_manager
from tests.rigs.processes.programs import wait_for
from tests.rigs.translations.pseudo import Reader, pseudo_language
from tests.rigs.translations.speaking import speaking

LOGS = Path(__file__).parents[1] / "kernel/kill_log/data"
ENGLISH = {
    *("the", "of", "was", "killed", "by", "kernel", "memory", "out", "process", "and", "held", "but"),
    *("counted", "with", "its", "total", "free", "to", "at", "in", "is", "for"),
}
"""Words that a sentence of ours would have: in a log they are no data."""
NAMES = ("oomtray", "jeepney", "psutil", "tomlkit", "OOM", "Tray", "systemd", "polkit", "Qt", "PySide", "cgroup", "uid", "root")


class Said:
    """What commands have printed, on both streams."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: object) -> str:
        self._capsys.readouterr()
        cli.main([str(word) for word in argv], tray=lambda _: 0)
        return "".join(self._capsys.readouterr())


@pytest.fixture(scope="session")
def language(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return pseudo_language(tmp_path_factory.mktemp("translations"))


@pytest.fixture
def say(language: dict[str, str], xdg: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Said]:
    with speaking(language):
        yield Said(capsys)


@pytest.fixture
def check() -> Callable[..., None]:
    """Fail for English words in a text."""

    def check(text: str, *data: str) -> None:
        assert text.strip()
        assert Reader(*NAMES, *data).english(text) == [], text

    return check


def running() -> list[str]:
    """Names of what runs, of units and of users: data that a command may show."""
    found = [os.environ.get("USER", ""), *(user.pw_name for user in pwd.getpwall())]
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            found += [Path(f"/proc/{pid}/{name}").read_text(errors="replace") for name in ("comm", "cgroup")]
            found.append(os.path.basename(os.readlink(f"/proc/{pid}/exe")))
        except OSError:
            continue
    return found


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process by a name that nothing else has."""
    program = tmp_path / "xqsleeper"
    shutil.copy("/bin/sleep", program)
    with ExitStack() as stack:
        made = [stack.enter_context(subprocess.Popen([program, "600"])) for _ in range(2)]
        for one in made:
            stack.callback(one.kill)
            wait_for(lambda one=one: Path(f"/proc/{one.pid}/comm").read_text() == "xqsleeper\n", "exec")
        yield made[0]


# -- help


def parsers() -> dict[str, argparse.ArgumentParser]:
    """Every command and what belongs to it, by what is typed."""
    found: dict[str, argparse.ArgumentParser] = {}

    def add(typed: str, parser: argparse.ArgumentParser) -> None:
        found[typed.strip()] = parser
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, below in action.choices.items():
                    add(f"{typed} {name}", below)

    add("", cli.build_parser())
    return found


def syntax(parser: argparse.ArgumentParser) -> list[str]:
    """What is typed, and what stands for it in the help."""
    found = []
    for action in parser._actions:
        found += [*action.option_strings, str(action.metavar or action.dest.upper()), *map(str, action.choices or ())]
    return found


@pytest.mark.parametrize("typed", [pytest.param(typed, id=typed or "oomtray") for typed in parsers()])
def test_help(typed: str, say: Said, check: Callable[..., None]) -> None:
    shown = say(*typed.split(), "--help")
    assert shown.startswith("⟦ûšåĝé")
    check(shown, *syntax(parsers()[typed]), *typed.split(), "protect protect-strongly deprioritize first")


@pytest.mark.parametrize(
    ("argv", "data"),
    [
        pytest.param("lost", ["lost", *cli.COMMANDS, "tray"], id="unknown-command"),
        pytest.param("-n 3 list", [*cli.COMMANDS, "tray"], id="option-before-the-command"),
        pytest.param("list extra", ["extra"], id="too-much"),
        pytest.param("list -n", [], id="value-missing"),
        pytest.param("list -n x", [], id="not-a-number"),
        pytest.param("list -n 3 --all", [], id="some-and-all"),
        pytest.param("list --until much", ["SIZE", "much"], id="no-size-until"),
        pytest.param("fits much", ["SIZE", "much"], id="no-size"),
        pytest.param("watch -i soon", ["soon"], id="no-interval"),
        pytest.param("watch -c 0", [], id="no-reading"),
        pytest.param("explain", ["PID", "explain"], id="pid-missing"),
        pytest.param("explain x", ["PID"], id="no-pid"),
        pytest.param("protect --adj -1000 1", [], id="lowest"),
        pytest.param("protect --adj much 1", ["much"], id="no-value"),
        pytest.param("rules", ["list|check|apply|add|remove|profile"], id="verb-missing"),
        pytest.param("rules lose", ["lose", "list|check|apply|add|remove|profile"], id="unknown-verb"),
        pytest.param("rules remove x", ["NUMBER"], id="no-rule-number"),
        pytest.param("unit protect x --policy die", ["die", "continue, stop, kill"], id="unknown-choice"),
    ],
)
def test_usage(argv: str, data: list[str], say: Said, check: Callable[..., None]) -> None:
    check(say(*argv.split()), *data, *argv.split()[:2])


# -- results


@pytest.mark.parametrize(
    "argv",
    ["list", "list --apps", "list --all", "watch -c 1", "watch -c 2 -i 0.1", "explain 1", "explain 2", "explain {pid}",
     "fits 1M", "fits 900T", "list --until 1G", "list --until 1M --apps", "explain 4194303", "list --cgroup /no/such"],
)  # fmt: skip
def test_lists(argv: str, say: Said, check: Callable[..., None], sleeper: subprocess.Popen[bytes], xdg: Path) -> None:
    left: set[str] | None = None
    for _ in range(5):  # another program may come and go meanwhile, whose name is not known then: a word of ours is there each time
        before = running()
        shown = say(*argv.format(pid=sleeper.pid).split())
        assert shown.strip()
        english = set(Reader(*NAMES, *before, *running(), "oom_score_adj", str(xdg)).english(shown))
        left = english if left is None else left & english
        if not left:
            return
    assert left == set(), shown


def test_history(say: Said, check: Callable[..., None]) -> None:
    check(say("history"))  # nothing was recorded
    before = running()
    say("watch", "-c", "2", "-i", "0.1")
    check(say("history"), *before, *running())


def leak(path: Path) -> None:
    """All of 16 GiB goes in six minutes, with a stall at its end."""
    with path.open("w") as file:
        for at in range(360):
            memory = {"total": 16 * GIB, "available": max(14 * GIB - at * 40 * MIB, 0), "psi": {"some_avg10": max(at - 300, 0.0)}}
            file.write(json.dumps({"at": at, "memory": memory}) + "\n")


def test_replay(say: Said, check: Callable[..., None], tmp_path: Path) -> None:
    leak(tmp_path / "readings")
    check(say("replay", tmp_path / "readings"))
    check(say("replay", tmp_path / "no-such"), str(tmp_path))
    check(say("replay", __file__), __file__)


@pytest.mark.parametrize("log", [pytest.param(log, id=log.name) for log in sorted(LOGS.iterdir()) if log.suffix == ".txt"])
def test_kills_from_a_log(log: Path, say: Said, check: Callable[..., None]) -> None:
    words = set(re.findall(r"[A-Za-z][\w.@-]+", log.read_text(errors="replace")))
    check(say("kills", "--log", log), *(words - ENGLISH))


def test_kills_of_the_record(say: Said, check: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _since: [])  # this machine's may tell of any test's kills
    check(say("kills"), "count")  # what the kernel's count has is listed by count-NUMBER
    with Database().writing() as connection:
        put_kills(connection, [leaked(count=1 << 40, boot=boot_id())], NOW)
    shown = say("kills")
    assert "train.py (9001)" in shown
    check(shown, *NAMES_OF_KILLS, "count")
    check(say("kills", "17"))
    check(say("kills", "--log", tmp_path / "no-such"), str(tmp_path))


RULE = '[[rule]]\nprocess = "xqsleeper"\nset = "deprioritize"\n'


@pytest.mark.parametrize(
    "argv",
    ["protect --dry-run {pid}", "deprioritize {pid}", "deprioritize --dry-run xqsleeper", "deprioritize xqsleeper",
     "deprioritize --yes xqsleeper", "reset {pid}", "protect 999999999", "protect no-such", "undo", "rules apply"],
)  # fmt: skip
def test_changes(argv: str, say: Said, check: Callable[..., None], sleeper: subprocess.Popen[bytes], xdg: Path) -> None:
    (xdg / "config/oomtray").mkdir()
    (xdg / "config/oomtray/rules.toml").write_text(RULE)
    before = running()
    shown = say(*argv.format(pid=sleeper.pid).split())
    check(shown, *before, *running(), "no-such", str(xdg))


def test_undo(say: Said, check: Callable[..., None], sleeper: subprocess.Popen[bytes]) -> None:
    before = running()
    say("deprioritize", sleeper.pid)
    check(say("undo"), *before, *running())


@pytest.mark.parametrize(
    "argv",
    ["list", "check", "apply --dry-run", "add --process xqsleeper --set first",
     "add --process xqsleeper --set protect --dry-run", "add --exe /usr/bin/x --set 7000", "add --set first",
     "remove 1 --dry-run", "remove 1", "remove 7", "profile list", "profile databases", "profile all --dry-run",
     "profile no-such"],
)  # fmt: skip
@pytest.mark.parametrize("rules", ["none", "some", "wrong"])
def test_rules(
    argv: str, rules: str, say: Said, check: Callable[..., None], sleeper: subprocess.Popen[bytes], xdg: Path
) -> None:
    path = xdg / "config/oomtray/rules.toml"
    path.parent.mkdir()
    if rules != "none":
        path.write_text(RULE)
    if rules == "wrong":
        path.write_text(path.read_text() + '[[rule]]\nprocess = 7\nxyzzy = "a"\n[[rule]]\nset = "much"\n')
    words = ["xqsleeper xyzzy much no-such", *PROFILES, "app exe process command unit user", "protect deprioritize first"]
    check(say("rules", *argv.split()), *running(), *words)


PROFILES = [
    text
    for path in (Path(__file__).parents[3] / "resources/profiles").iterdir()
    for text in re.findall(r'^(?:name|unit|app|exe|process) = "(.*)"', path.read_text(), re.MULTILINE)
]


@pytest.fixture
def systemd(private_bus: PrivateBus, xdg: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SystemdManager]:
    with systemd_manager(private_bus, xdg) as made:
        monkeypatch.setattr(changer, "UnitChanger", made.changer)
        yield made


@pytest.mark.parametrize(
    "argv",
    ["show x", "show no-such", "show x.mount", "protect x --dry-run", "deprioritize x", "deprioritize x --oomd avoid --dry-run",
     "protect x --policy continue", "reset x", "reset x --dry-run"],
)  # fmt: skip
def test_unit(argv: str, say: Said, check: Callable[..., None], systemd: SystemdManager) -> None:
    systemd.start(0)
    systemd.start(300)
    keys = "OOMScoreAdjust OOMPolicy ManagedOOMPreference Service io.github.oomtray.OOMTray x.service no-such"
    check(say("unit", *argv.split()), keys, "sleep stop continue kill none avoid", str(systemd.units), "mount", dropin.HEADER, "Permission denied")


def test_doctor(say: Said, check: Callable[..., None]) -> None:
    shown = say("doctor")
    swap = "fallocate swapfile chmod mkswap swapon swapoff dev zram0 echo sys block reset disksize sysctl vm swappiness"
    killers = "systemctl enable now systemd-oomd earlyoom overcommit_memory"
    check(shown, *running(), "systemctl service start dbus", "pip install PySide6-Essentials apt-get", swap, killers)


# -- what goes wrong


def test_mistakes_in_the_settings(say: Said, check: Callable[..., None], xdg: Path) -> None:
    path = xdg / "config/oomtray/config.toml"
    path.parent.mkdir()
    path.write_text("[levels]\ncritical_percent = 'high'\n[rows]\nshow = 3\nxyzzy = 1\n")
    shown = [line for line in say("list", "-n", "0").splitlines() if line.startswith("oomtray:")]
    check("\n".join(shown), "levels critical_percent rows show xyzzy high processes apps", str(path))


@pytest.mark.parametrize(
    ("error", "data"),
    [
        pytest.param(PermissionError(13, "Permission denied", "/proc/7/x"), "", id="system"),
        pytest.param(ZeroDivisionError("oops"), "ZeroDivisionError oops OOMTRAY_DEBUG", id="defect"),
    ],
)
def test_errors(error: Exception, data: str, say: Said, check: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_arguments: object) -> int:
        raise error

    monkeypatch.setattr(listing, "run_list", fails)
    check(say("list"), data)


@pytest.mark.parametrize(
    ("script", "data"),
    [
        pytest.param("main(['list'])", "", id="closed-output"),
        pytest.param("os.environ |= {'DISPLAY': '', 'QT_QPA_PLATFORM': ''}; main(['tray'])", "DISPLAY", id="no-screen"),
        pytest.param("os.environ |= {'DISPLAY': ':999', 'QT_QPA_PLATFORM': ''}; main(['tray'])", "DISPLAY", id="no-answer"),
        pytest.param("sys.modules['PySide6'] = None; main(['tray'])", "pip install PySide6-Essentials", id="no-pyside"),
    ],
)
def test_starts(script: str, data: str, language: dict[str, str], check: Callable[..., None]) -> None:
    """In a program of its own, which also proves that a language is found from the environment."""
    code = f"import os, sys; from oomtray.__main__ import main; {script}"
    command = ["sh", "-c", f'exec "$@" {">&-" if "list" in script else ""}', "sh", sys.executable, "-c", code]
    done = subprocess.run(command, env=os.environ | language, capture_output=True, text=True, timeout=60)
    check(done.stderr, data)
