"""What a run of the helper needs, and who starts it where there is no window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from oomtray.actions.helper_run import PROTOCOL, missing, run
from oomtray.helper import oomtray_helper
from oomtray.messages.permission import permission
from tests.rigs.processes.programs import wait_for


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        pytest.param(None, None, id="ours"),
        pytest.param("PROTOCOL = 1\n", "old-helper", id="of an older protocol"),
        pytest.param(f"PROTOCOL = {PROTOCOL + 1}  # and more\n", None, id="a newer one"),
        pytest.param("#!/bin/sh\n", None, id="a program that tells nothing"),
    ],
)
def test_a_helper_that_is_too_old_is_asked_for_nothing_new(tmp_path: Path, text: str | None, lacks: str | None) -> None:
    helper = Path(oomtray_helper.__file__)
    if text is not None:
        helper = tmp_path / "oomtray-helper"
        helper.write_text(text)
    program = tmp_path / "program"
    program.touch()
    for file in (program, *((helper,) if text is not None else ())):
        file.chmod(0o755)
    assert missing(str(helper), str(program), PROTOCOL) == lacks
    assert missing(str(helper), str(program)) is None, "an app is protected as ever"


def test_what_is_missing_is_named_with_its_remedy(tmp_path: Path) -> None:
    there, away = tmp_path / "there", str(tmp_path / "away")
    there.touch(0o755)
    assert missing(str(there), str(there)) is None
    assert missing(away, str(there)) == "no-helper"
    assert missing(str(there), away) == "no-pkexec"
    for status in ("no-helper", "old-helper", "no-pkexec", "no-agent", "not-authorised"):
        assert permission(status)
    assert "make install" in permission("no-helper")
    assert "/old/helper) is older" in permission("old-helper", helper="/old/helper")
    assert "pkexec" in permission("no-pkexec")


def test_the_runner_hands_over_and_brings_back() -> None:
    script = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('e'); sys.exit(3)"
    assert run([sys.executable, "-c", script], b"abc\n") == (3, b"ABC\n", b"e")


def test_the_runner_takes_no_harm_from_one_that_does_not_read() -> None:
    assert run(["/bin/false"], b"x" * 1_000_000) == (1, b"", b"")


def test_ctrl_c_ends_the_runner_and_what_it_runs(tmp_path: Path) -> None:
    code = (
        "import sys; from oomtray.actions.helper_run import run\n"
        # It writes its pid once its input has ended: from then on the runner waits for its answer.
        "try: run(['sh', '-c', 'cat; echo $$ > pid; exec sleep 600'], b'')\n"
        "except KeyboardInterrupt: sys.exit(77)\n"
    )
    tree = str(Path(__file__).parents[3])
    program = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": tree})
    pid = tmp_path / "pid"
    wait_for(lambda: pid.exists() and pid.read_text().endswith("\n"), "its pid")
    program.send_signal(2)
    assert program.wait(30) == 77
    started = Path(f"/proc/{pid.read_text().strip()}")
    wait_for(lambda: not started.exists(), "what it ran to be gone")
