"""Names that the kernel has cut, completed from command lines, which a process may set to anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.kernel.cut_names import may_be_cut, read_whole_names
from tests.facts.processes import kernel_thread, process

CUT = process(70, name="power-profiles-", exe=None, start_time=500)


def runs(proc: Path, command: bytes, start_time: int = 500) -> str:
    folder = proc / "70"
    folder.mkdir()
    (folder / "cmdline").write_bytes(command)
    (folder / "stat").write_text("70 (x) S " + " ".join(["1"] * 18) + f" {start_time} 0")
    return str(proc)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        pytest.param(b"/usr/libexec/power-profiles-daemon\0", "power-profiles-daemon", id="with a path"),
        pytest.param(b"power-profiles-daemon\0-v\0", "power-profiles-daemon", id="with arguments"),
        pytest.param(b"sshd: anna [priv]\0", None, id="another name"),
        pytest.param(b"", None, id="none, as of a kernel thread"),
    ],
)
def test_what_begins_with_the_name_is_the_whole_name(tmp_path: Path, command: bytes, name: str | None) -> None:
    assert read_whole_names([CUT], runs(tmp_path, command)).get(CUT.identity) == name


def test_a_later_process_of_the_same_pid_gives_no_name(tmp_path: Path) -> None:
    assert read_whole_names([CUT], runs(tmp_path, b"power-profiles-daemon\0", start_time=900)) == {}


def test_a_process_that_has_ended_gives_none(tmp_path: Path) -> None:
    assert read_whole_names([CUT], str(tmp_path)) == {}


@pytest.mark.parametrize(
    ("one", "cut"),
    [(CUT, True), (process(name="polkitd"), False), (process(name="\u00e9" * 8), True), (kernel_thread()._replace(name="kworker/R-ext4-"), False)],
)
def test_only_names_of_15_bytes_may_be_cut(one, cut: bool) -> None:
    assert may_be_cut(one) is cut
