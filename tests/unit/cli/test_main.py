"""The command line as a whole: which command runs, what an error looks like, what the exit status says."""

from __future__ import annotations

import argparse
import errno
import json
import math
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oomtray import __main__ as program
from oomtray import __version__, cli
from oomtray.cli import listing
from oomtray.text import columns
from tests.rigs.commands.program import oomtray, python, start
from tests.rigs.processes.proc import state_of
from tests.rigs.processes.programs import wait_for


def no_tray(argv: list[str]) -> int:
    raise AssertionError(f"the tray was started with {argv}")


def run(*argv: str) -> int:
    return cli.main(list(argv), tray=no_tray)


@pytest.mark.parametrize("argv", [[], ["tray"]], ids=["nothing", "tray"])
def test_the_tray_is_the_default_command(argv: list[str]) -> None:
    started: list[list[str]] = []
    assert cli.main(argv, tray=lambda rest: started.append(rest) or 7) == 7
    assert started == [[]]


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        pytest.param(["lost"], "'lost'", id="unknown-command"),
        pytest.param(["lis"], "'lis'", id="no-abbreviated-command"),
        pytest.param(["bad\nname\x1b[31m"], "bad\\nname\\x1b", id="hostile-command"),
        pytest.param(["-n", "3", "list"], "'-n' must come after a command", id="option-before-the-command"),
        pytest.param(["list", "--bogus"], "--bogus", id="unknown-option"),
        pytest.param(["list", "--js"], "--js", id="no-abbreviated-option"),
        pytest.param(["list", "extra"], "unrecognized arguments: extra (see oomtray list --help)", id="too-much"),
        pytest.param(["list", ""], "unrecognized arguments: '' (see", id="too-much-and-empty"),
        pytest.param(["list", "a", "", "b"], "unrecognized arguments: a '' b (see", id="too-many"),
        pytest.param(["list", "-n"], "-n", id="value-missing"),
        pytest.param(["list", "-n", "x"], "-n: 'x'", id="not-a-number"),
        pytest.param(["list", "-n", "1.5"], "-n: '1.5'", id="not-whole"),
        pytest.param(["list", "-n", "-1"], "-n", id="negative"),
        pytest.param(["list", "-n", "\u0663"], "-n: '\u0663'", id="another-scripts-digit"),
        pytest.param(["list", "-n", "9" * 5000], "-n", id="absurdly-many"),
        pytest.param(["list", "-n", "3", "--all"], "--all", id="some-and-all"),
        pytest.param(["list", "--apps", "--processes"], "--processes", id="two-kinds-of-row"),
        pytest.param(["list", "--cgroup"], "--cgroup", id="cgroup-missing"),
        pytest.param(["protect", "x", "--adj", "1001"], "--adj: '1001' is not a whole number from -999 to 1000", id="adj-too-high"),
        pytest.param(["protect", "x", "--adj", "-1001"], "--adj: '-1001'", id="adj-too-low"),
        pytest.param(["protect", "x", "--adj", "1.0"], "--adj: '1.0'", id="adj-not-whole"),
        pytest.param(["protect", "x", "--adj", "1_0"], "--adj: '1_0'", id="adj-as-python-writes-it"),
        pytest.param(["protect", "x", "--adj", "\uff15"], "--adj: '\uff15'", id="adj-in-wide-digits"),
        pytest.param(["watch", "-i", "1_0"], "-i: '1_0'", id="interval-as-python-writes-it"),
        pytest.param(["fits", "\u0663M"], "SIZE: '\u0663M'", id="size-in-another-script"),
        pytest.param(["kills", "--since", "1_795_850_000"], "--since: '1_795_850_000'", id="time-as-python-writes-it"),
        pytest.param(["fits"], "SIZE", id="size-missing"),
        pytest.param(["list", "--until", "x"], "--until", id="no-size"),
        pytest.param(["list", "--until", "1G", "--all"], "--all", id="until-and-all"),
        pytest.param(["fits", "-1G"], "SIZE: a size can't be negative: '-1G'", id="negative-size"),
        pytest.param(["list", "--until", "-1.5M"], "--until: a size can't be negative: '-1.5M'", id="negative-size-of-an-option"),
        pytest.param(["watch", "-i", "0"], "-i: '0'", id="no-interval"),
        pytest.param(["watch", "-i", "nan"], "-i: 'nan'", id="interval-nan"),
        pytest.param(["watch", "-i", "inf"], "-i: 'inf'", id="interval-endless"),
        pytest.param(["watch", "-i", "soon"], "-i: 'soon'", id="interval-not-a-number"),
        pytest.param(["watch", "-c", "0"], "-c", id="no-reading"),
        pytest.param(["watch", "--all"], "--all", id="watch-has-no-all"),
        pytest.param(["explain"], "PID", id="pid-missing"),
        pytest.param(["explain", "x"], "PID", id="pid-not-a-number"),
        pytest.param(["explain", "0"], "PID", id="pid-zero"),
        pytest.param(["explain", "1", "2"], "2", id="two-pids"),
        pytest.param(["tray", "--bogus"], "--bogus", id="tray-option"),
    ],
)
def test_wrong_usage_is_one_line_that_names_it(
    argv: list[str], names: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*argv) == cli.USAGE == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("oomtray: ")
    assert err.count("\n") == 1
    assert names in err


@pytest.mark.parametrize(
    "argv", [["--help"], ["-h"], *([name, "--help"] for name in ("tray", *cli.COMMANDS))], ids=" ".join
)
def test_help_goes_to_standard_output(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*argv) == 0
    out, err = capsys.readouterr()
    assert out.startswith("usage: oomtray")
    assert err == ""


@pytest.mark.parametrize("argv", ["--help", *(f"{name} --help" for name in ("tray", *cli.COMMANDS))])
def test_help_in_korean_stays_within_the_terminal(argv: str, xdg: Path) -> None:
    """A letter of Korean takes two columns."""
    done = oomtray(*argv.split(), env={"LANGUAGE": "ko", "LC_ALL": "C.UTF-8", "COLUMNS": "80"})
    assert [line for line in done.stdout.splitlines() if columns(line) > 80] == []
    assert re.search("[가-힣]", done.stdout)


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    run("--help")
    out = capsys.readouterr().out
    for name in ("tray", *cli.COMMANDS):
        assert f"\n    {name}" in out


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from parsers(below)


def test_each_command_and_argument_says_what_it_is() -> None:
    unsaid = []
    for parser in parsers(cli.build_parser()):
        arguments = [one for one in parser._actions if not isinstance(one, argparse._SubParsersAction)]
        unsaid += [f"{parser.prog} {one.dest}" for one in arguments if not one.help]
        unsaid += [] if parser.description else [parser.prog]
    assert unsaid == []


@pytest.mark.parametrize("argv", [["rules", "list"], ["rules", "check"]], ids=" ".join)
def test_what_changes_nothing_takes_a_dry_run_and_does_not_offer_it(argv: list[str], xdg: Path, capsys) -> None:
    run(*argv, "--help")
    assert "--dry-run" not in capsys.readouterr().out
    assert run(*argv, "--dry-run") == 0


def test_profiles_are_listed_where_none_is_named(xdg: Path, capsys) -> None:
    assert run("rules", "profile", "list") == 0
    told = capsys.readouterr().out
    assert "databases" in told
    assert run("rules", "profile") == 0
    assert capsys.readouterr().out == told


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"oomtray {__version__}\n"


def raiser(error: BaseException) -> Callable[[object], int]:
    def command(_arguments: object) -> int:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        pytest.param(cli.Failure("7 is gone"), 1, "oomtray: 7 is gone\n", id="failure"),
        pytest.param(cli.Failure("no agent", cli.NOT_AUTHORIZED), 3, "oomtray: no agent\n", id="own-status"),
        pytest.param(cli.Failure("a\nb"), 1, "oomtray: a\\nb\n", id="always-one-line"),
        pytest.param(
            PermissionError(errno.EACCES, "Permission denied", "/proc/7/x"),
            1,
            "oomtray: /proc/7/x: Permission denied\n",
            id="system-error",
        ),
        pytest.param(
            ZeroDivisionError("oops"),
            1,
            "oomtray: unexpected ZeroDivisionError: oops (OOMTRAY_DEBUG=1 shows where)\n",
            id="defect",
        ),
        pytest.param(
            ModuleNotFoundError("No module named 'jeepney'", name="jeepney"),
            1,
            "oomtray: this needs jeepney, which is not installed: pip install jeepney\n",
            id="a-module-of-others",
        ),
        pytest.param(
            ModuleNotFoundError("No module named 'odd'", name="odd"),
            1,
            "oomtray: unexpected ModuleNotFoundError: No module named 'odd' (OOMTRAY_DEBUG=1 shows where)\n",
            id="a-module-of-ours",
        ),
        pytest.param(KeyboardInterrupt(), 130, "", id="ctrl-c"),
    ],
)
def test_an_error_is_one_line_and_a_status(
    error: BaseException,
    status: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv(cli.DEBUG, raising=False)
    monkeypatch.setattr(cli, "_UPDATE_SECONDS", 0)  # this tree may be new
    monkeypatch.setattr(listing, "run_list", raiser(error))
    assert run("list") == status
    out, err = capsys.readouterr()
    assert (out, err) == ("", says)


def test_a_defect_amid_an_update_is_told_as_that(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli, "_UPDATE_SECONDS", math.inf)
    monkeypatch.setattr(listing, "run_list", raiser(TypeError("2 arguments")))
    assert run("list") == 1
    says = "oomtray: OOM Tray was installed or updated a moment ago, which may be why this went wrong; try it again. TypeError: 2 arguments\n"
    assert capsys.readouterr().err == says


@pytest.mark.parametrize(
    ("error", "again"),
    [
        pytest.param(ImportError("cannot import name 'x'", name="oomtray.text"), True, id="of two versions"),
        pytest.param(TypeError("2 arguments"), True, id="of two versions in use"),
        pytest.param(ModuleNotFoundError("No module named 'PySide6'", name="PySide6"), False, id="not installed"),
    ],
)
def test_a_start_amid_an_update_is_made_again_but_not_for_ever(error: Exception, again: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _path, argv: started.append(argv))
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(program, "_SETTLED_SECONDS", math.inf)
    monkeypatch.setenv(program._TRIES, "")
    for _ in range(program._MOST_TRIES + 5):
        program._start_again(error)
    assert started == [[sys.executable, *sys.orig_argv[1:]]] * (program._MOST_TRIES if again else 0)
    monkeypatch.setenv(program._TRIES, "")
    monkeypatch.setattr(program, "_SETTLED_SECONDS", 0)
    started.clear()
    program._start_again(error)
    assert not started


def test_an_update_is_under_way_while_any_file_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main, other = tmp_path / "__main__.py", tmp_path / "other.py"
    main.touch()
    began = main.stat().st_ctime
    other.touch()
    while (ended := other.stat().st_ctime) == began:  # the clock of files has coarse steps
        other.touch()
    monkeypatch.setattr(program, "__file__", str(main))
    assert program._newest() == ended
    main.unlink()
    assert program._newest() == math.inf


def test_the_debugging_variable_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(cli.DEBUG, "1")
    monkeypatch.setattr(listing, "run_list", raiser(ZeroDivisionError("oops")))
    assert run("list") == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("argv", ["list", "list --json --all", "watch -c 1 --json", "explain 1"])
def test_a_reader_that_stops_listening_is_no_error(argv: str) -> None:
    """The pipe's other end is closed before anything is written."""
    read, write = os.pipe()
    os.close(read)
    try:
        done = oomtray(*argv.split(), stdout=write)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (cli.PIPE_CLOSED, "")


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["at the end", "at once"])
@pytest.mark.parametrize("argv", ["list", "--help", "--version", "list --help", "help"])
def test_a_full_disk_is_one_line(argv: str, unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        done = oomtray(*argv.split(), stdout=full, env={"PYTHONUNBUFFERED": unbuffered})
    assert (done.returncode, done.stderr) == (1, "oomtray: standard output: No space left on device\n")


@pytest.mark.parametrize(
    ("argv", "status"),
    [
        pytest.param("undo", cli.FAILED, id="error"),
        pytest.param("list -n x", cli.USAGE, id="usage"),
        pytest.param("replay {readings}", cli.DONE, id="warning"),
    ],
)
def test_messages_that_a_full_disk_swallows_leave_the_exit_status(argv: str, status: int, xdg: Path) -> None:
    readings = xdg / "readings"
    readings.write_text('{"at": 1, "memory": {"total": 1000, "available": 900}}\nbroken\n')
    with open("/dev/full", "w") as full:
        done = oomtray(*argv.format(readings=readings).split(), stderr=full, env={"PYTHONUNBUFFERED": ""})
    assert done.returncode == status


@pytest.mark.parametrize("error", [cli.Failure("7 is gone"), ZeroDivisionError("oops"), KeyboardInterrupt()], ids=lambda error: type(error).__name__)
def test_what_failed_after_an_answer_that_nobody_takes_is_told_alone(error: BaseException) -> None:
    script = f"""
        import sys
        from oomtray import cli
        from oomtray.cli import listing
        def answers_and_fails(arguments):
            print("an answer")
            raise {"cli." if isinstance(error, cli.Failure) else ""}{error!r}
        listing.run_list = answers_and_fails
        sys.exit(cli.main(["list"], tray=None))
    """
    with open("/dev/full", "w") as full:
        done = python(script, stdout=full)
    assert done.returncode == (cli.INTERRUPTED if isinstance(error, KeyboardInterrupt) else cli.FAILED)
    assert "Errno" not in done.stderr
    assert done.stderr.count("\n") == (0 if isinstance(error, KeyboardInterrupt) else 1)


def test_an_answer_stands_before_what_failed_after_it(xdg: Path) -> None:
    read, write = os.pipe()
    done = oomtray("undo", "--json", stdout=write, stderr=write)
    os.close(write)
    with os.fdopen(read) as both:
        answer, failed = both.read().splitlines()
    assert (done.returncode, failed) == (1, "oomtray: There is nothing to undo.")
    assert json.loads(answer)["changes"] == []


def test_ctrl_c_ends_watch_quietly() -> None:
    watching = start("watch", "--json", "-i", "60")
    assert watching.stdout is not None
    json.loads(watching.stdout.readline())
    wait_for(lambda: state_of(watching.pid) == "S", "the pause between two readings")
    watching.send_signal(signal.SIGINT)
    _, err = watching.communicate(timeout=30)
    assert (watching.returncode, err) == (130, "")


def test_hardly_anything_is_loaded_before_ctrl_c_is_caught() -> None:
    """A traceback is all that it brings until `main` runs."""
    done = python("""
        import sys
        before = set(sys.modules)
        import oomtray.__main__
        print(*sorted(set(sys.modules) - before))
    """)
    assert set(done.stdout.split()) <= {"__future__", "gc", "oomtray", "oomtray.__main__"}


QT = {"PySide6", "shiboken6"}
HEAVY = {
    "psutil",
    "jeepney",
    "platformdirs",
    "tomllib",
    "tomlkit",
    "asyncio",
    "subprocess",
    "email",
    "sqlite3",
}
"""What would take a noticeable part of the time that a short command has."""


@pytest.mark.parametrize(
    ("argv", "unwanted"),
    [
        ("--help", QT),
        ("--version", QT | HEAVY),
        ("list", QT | HEAVY),
        ("list --apps --json", QT | HEAVY),
        ("watch -c 1", (QT | HEAVY) - {"sqlite3"}),  # in which it records what it reads
        ("explain 1 --json", (QT | HEAVY) - {"psutil", "subprocess"}),  # which psutil loads
        ("doctor --json", QT),
        ("protect --dry-run 1", QT),
        ("fits 1M", QT),
        ("list --until 1M", QT),
        ("undo --json", QT),
    ],
)
def test_no_text_command_loads_qt_nor_a_quick_one_what_is_slow(argv: str, unwanted: set[str]) -> None:
    script = """
        import sys
        from oomtray.__main__ import main
        main(sys.argv[2:])
        loaded = {name.partition(".")[0] for name in sys.modules} & set(sys.argv[1].split())
        sys.exit(f"loaded {sorted(loaded)}" if loaded else 0)
    """
    done = python(script, " ".join(unwanted), *argv.split())
    assert done.returncode == 0, done.stderr


def test_the_users_settings_count_and_a_wrong_one_is_named(xdg: Path) -> None:
    settings = xdg / "config" / "oomtray" / "config.toml"
    settings.parent.mkdir()
    settings.write_text("[levels]\nwarning_percent = 40\ncritical_percent = 'high\u202e'\n")
    done = oomtray("list")
    assert done.returncode == 0
    assert "40 % " in done.stdout
    assert done.stderr.startswith(f"oomtray: {settings}, line 3: levels.critical_percent ")
    assert done.stderr.count("\n") == 1
    assert done.stderr.removesuffix("\n").isprintable()


def test_names_are_written_in_any_encoding() -> None:
    done = oomtray("list", "--all", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()


@pytest.mark.parametrize(
    ("encoding", "text", "written"),
    [
        pytest.param("ascii", "“Quit…” – 2–6 min · ≤\u00a03 × 4", '"Quit..." - 2-6 min - <= 3 x 4', id="none of our signs"),
        pytest.param("euc-kr", "“끝내기…” – 2–6", "“끝내기…” - 2-6", id="some of them"),
        pytest.param("utf-8", "“Quit…” – é", "“Quit…” – é", id="all of them"),
        pytest.param("latin-1", "“é” 끝", '"é" \\ub05d', id="and names"),
    ],
)
def test_signs_that_the_encoding_lacks_are_written_in_others(encoding: str, text: str, written: str) -> None:
    script = f"""
        import sys
        from oomtray import cli
        from oomtray.cli import listing
        listing.run_list = lambda arguments: print({text!a}) or print({text!a}, file=sys.stderr) or 0
        sys.exit(cli.main(["list"], tray=None))
    """
    done = python(script, env={"PYTHONIOENCODING": encoding}, encoding=encoding)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{written}\n", f"{written}\n")


def test_a_locale_without_utf_8_shows_no_escape_of_ours_and_valid_json() -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for topic in ("killed", "limits"):
        done = oomtray("help", topic, env=plain)
        assert (done.returncode, "\\" in done.stdout) == (0, False)
    assert json.loads(oomtray("list", "--json", env=plain).stdout)["schema"] == 1


@pytest.mark.parametrize("argv", ["explain 1 2", "kills --log - --nix x"])
def test_what_is_left_over_belongs_to_the_command(argv: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*argv.split()) == 2
    assert f"(see oomtray {argv.split(maxsplit=1)[0]} --help)" in capsys.readouterr().err
