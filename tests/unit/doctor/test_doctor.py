"""`oomtray doctor` as a whole: every check in its order, the text and the JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oomtray import doctor as examination
from oomtray.cli import doctor, main
from oomtray.cli.terminal import Terminal
from oomtray.doctor import Check, Finding, Place, machine
from oomtray.doctor import checks as known
from tests.rigs.commands import contract

X11 = {"DISPLAY": ":nosuch"}
IDS = [
    "session-bus", "tray-host", "notifications", "autostart", "settings", "modules", "qt", "helper", "policy", "polkit", "polkit-agent",
    "processes", "memory-cgroup", "systemd", "psi", "psi-trigger", "open-files", "memory-lock", "swap", "overcommit", "kernel-oom", "killers",
]  # fmt: skip


class TestTheWhole:
    def test_every_check_is_done_in_the_documented_order(self) -> None:
        checks = list(examination.examine(qt=lambda _: known.found(True, "qt-of-system")))
        assert [check.id for check in checks] == IDS
        documented = [
            line.split()[0] for line in str(known.__doc__).splitlines() if line.startswith("    ")
        ]
        assert documented == IDS
        for check in checks:
            assert check.says
            assert not check.says.endswith(".")
            assert check.title

    def test_one_that_fails_is_told_and_hides_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(_: Place) -> Finding:
            raise RuntimeError("broken")

        monkeypatch.setattr(machine, "PROBES", (("psi", broken), *machine.PROBES[4:]))
        checks = {check.id: check for check in examination.examine()}
        assert checks["psi"] == Check("psi", "Memory pressure", None, "Could not be checked (RuntimeError: broken)")
        assert "killers" in checks

    def test_json_is_as_the_contract_says(self, capsys: pytest.CaptureFixture[str]) -> None:
        status = main(["doctor", "--json"], tray=lambda _: 1)
        document = contract.read(capsys.readouterr().out, contract.DOCTOR)
        assert status == any(check["ok"] is False for check in document["checks"])
        assert [check["id"] for check in document["checks"]] == IDS

    def test_text_is_one_block_a_check(self, capsys: pytest.CaptureFixture[str]) -> None:
        main(["doctor"], tray=lambda _: 1)
        lines = capsys.readouterr().out.splitlines()
        first_lines = [line for line in lines if not line.startswith(" ")]
        assert len(first_lines) == len(IDS)
        assert {line.split()[1] for line in first_lines} <= {"ok", "note", "problem"}

    @pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
    @pytest.mark.parametrize(
        ("oks", "status"),
        [([True, None, True], 0), ([None], 0), ([True, False, None], 1), ([False], 1)],
        ids=["fine", "cannot be told", "one problem", "nothing but a problem"],
    )
    def test_the_exit_status_says_whether_a_check_is_false(
        self, monkeypatch: pytest.MonkeyPatch, options: list[str], oks: list[bool | None], status: int
    ) -> None:
        checks = [Check(str(number), "A check", ok, "so it is") for number, ok in enumerate(oks)]
        monkeypatch.setattr(examination, "examine", lambda **_: iter(checks))
        assert main(["doctor", *options], tray=lambda _: 9) == status

    def test_no_qt_is_loaded(self) -> None:
        code = (
            "import sys; from oomtray.cli import main; main(['doctor', '--json'], tray=None);"
            "sys.exit(any('PySide6' in name or 'shiboken' in name for name in sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, b"")


class TestWithoutJeepney:
    @pytest.fixture
    def checks(self) -> dict[str, dict[str, object]]:
        """Return what it says where importing jeepney fails as if it weren't installed."""
        code = (
            "import sys, importlib.util as util; find = util.find_spec\n"
            "class Without:\n"
            "    def find_spec(self, name, path=None, target=None):\n"
            "        if name.partition('.')[0] == 'jeepney':\n"
            "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
            "sys.meta_path.insert(0, Without())\n"
            "util.find_spec = lambda name, package=None: None if name == 'jeepney' else find(name, package)\n"
            "from oomtray.cli import main; sys.exit(main(['doctor', '--json'], tray=None))"
        )
        environ = {**os.environ, "DISPLAY": ":nosuch"}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, env=environ, check=False)
        assert (done.returncode, done.stderr) == (1, b"")
        return {check["id"]: check for check in json.loads(done.stdout)["checks"]}

    def test_every_check_is_there_and_the_module_is_named(self, checks: dict[str, dict[str, object]]) -> None:
        assert list(checks) == IDS
        assert (checks["modules"]["ok"], checks["modules"]["says"]) == (False, "Not installed: jeepney")
        assert "jeepney" in str(checks["modules"]["remedy"])

    def test_what_needs_it_says_so(self, checks: dict[str, dict[str, object]]) -> None:
        for name in ("session-bus", "tray-host", "notifications", "systemd"):
            assert (checks[name]["ok"], checks[name]["says"]) == (None, "Can't be checked without jeepney"), name

    def test_what_does_not_need_it_is_checked(self, checks: dict[str, dict[str, object]]) -> None:
        for name in ("autostart", "settings", "helper", "policy", "processes", "memory-cgroup", "psi", "swap", "kernel-oom", "killers"):
            assert "jeepney" not in str(checks[name]["says"]), name


class TestText:
    CHECKS = (
        Check("a", "First", True, "well"),
        Check(
            "b", "Second", False, "a long sentence about what is wrong with it", "Mend it by this and that."
        ),
        Check("c", "Third", None, "nobody\x1b[31m knows"),
    )

    def test_each_says_by_sign_and_word_how_it_stands_and_keeps_to_its_column(self) -> None:
        terminal = Terminal(columns=60)
        assert [line.rstrip() for line in doctor.as_text(self.CHECKS, terminal)] == [
            "✓ ok       First                well",
            "✗ problem  Second               a long sentence about what",
            "                                is wrong with it",
            "                                Mend it by this and that.",
            "– note     Third                nobody\\x1b[31m knows",
        ]

    def test_in_a_narrow_window_a_finding_stands_below_its_title(self) -> None:
        assert list(doctor.as_text(self.CHECKS, Terminal(columns=40))) == [
            "✓ ok       First",
            "  well",
            "✗ problem  Second",
            "  a long sentence about what is wrong",
            "  with it",
            "  Mend it by this and that.",
            "– note     Third",
            "  nobody\\x1b[31m knows",
        ]

    def test_a_pipe_gets_whole_lines_and_no_color(self) -> None:
        lines = list(doctor.as_text(self.CHECKS, Terminal()))
        assert len(lines) == 4
        assert not any("\x1b" in line for line in lines)

    def test_a_terminal_gets_color_besides(self) -> None:
        assert (
            "\x1b[1;31m✗ problem" in list(doctor.as_text(self.CHECKS, Terminal(columns=80, color=True)))[1]
        )

    def test_an_encoding_without_the_signs_gets_others(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        with (tmp_path / "out").open("w", encoding="latin-1") as out:
            monkeypatch.setattr(sys, "stdout", out)
            words = [line.split()[:2] for line in doctor.as_text(self.CHECKS, Terminal(typographic=False))]
        assert words[0] == ["+", "ok"]
        assert words[1] == ["x", "problem"]


def test_what_it_prints_can_be_read_by_a_script(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "oomtray", "doctor", "--json"],
        capture_output=True,
        timeout=60,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert json.loads(done.stdout)["schema"] == 1
