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
        pytest.param(b"power-profiles-daemon: job 7 of anna\0", "power-profiles-daemon", id="a title"),
        pytest.param(b"power-profiles-daemon --type=renderer --now\0", "power-profiles-daemon", id="arguments in one piece"),
        pytest.param(b"power-profiles-" + b"x" * 4000, "power-profiles-" + "x" * 240, id="longer than a file's name may be"),
    ],
)
def test_what_begins_with_the_name_is_the_whole_name(tmp_path: Path, command: bytes, name: str | None) -> None:
    assert read_whole_names([CUT], runs(tmp_path, command)).get(CUT.identity) == name


@pytest.mark.parametrize(
    ("name", "whole"),
    [("Plex Media Serv", "Plex Media Server"), ("gunicorn: maste", "gunicorn: master"), ("x-\uac00\ub098\ub2e4\ub77c\\xeb", "x-\uac00\ub098\ub2e4\ub77c\ub9c8")],
    ids=["with blanks", "cut within a title", "cut within a character"],
)
def test_the_kernels_part_of_the_name_stays_whatever_it_has(tmp_path: Path, name: str, whole: str) -> None:
    cut = process(70, name=name, exe=None, start_time=500)
    command = f"/usr/lib/{whole}" + (" [shop]" if ":" in whole else "") + "\0"
    assert may_be_cut(cut)
    assert read_whole_names([cut], runs(tmp_path, command.encode())) == {cut.identity: whole}


def test_a_later_process_of_the_same_pid_gives_no_name(tmp_path: Path) -> None:
    assert read_whole_names([CUT], runs(tmp_path, b"power-profiles-daemon\0", start_time=900)) == {}


def test_a_process_that_has_ended_gives_none(tmp_path: Path) -> None:
    assert read_whole_names([CUT], str(tmp_path)) == {}


@pytest.mark.parametrize(
    ("one", "cut"),
    [(CUT, True), (process(name="polkitd"), False), (process(name="\u00e9" * 7 + "x"), True), (process(name="\\xe9" * 5), False), (kernel_thread()._replace(name="kworker/R-ext4-"), False)],
)
def test_only_names_of_15_bytes_may_be_cut(one, cut: bool) -> None:
    assert may_be_cut(one) is cut
