"""Drop-ins of system services: what is not ours is never touched, and nothing half done is left behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helper.support import ANA, BEN, Served, answers_of, lines, need_root, start_helper
from tests.helper.units import DROP_IN, HEADER, OURS, PROTECT, REMOVE, Ask, System, foreign
from tests.rigs.processes.programs import RigUnavailable


def header_later(path: Path) -> None:
    path.write_text("\n" + OURS)


def half_a_header(path: Path) -> None:
    path.write_text(HEADER[:-2])


def link_to_ours(path: Path) -> None:
    path.with_name("elsewhere").write_text(OURS)
    path.symlink_to("elsewhere")


def dangling_link(path: Path) -> None:
    path.symlink_to("/nonexistent/file")


def null_link(path: Path) -> None:
    path.symlink_to("/dev/null")  # how an administrator masks a drop-in


def pipe(path: Path) -> None:
    os.mkfifo(path)


def directory(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("request_", [PROTECT, REMOVE], ids=["set", "remove"])
@pytest.mark.parametrize(
    "make", [foreign, header_later, half_a_header, link_to_ours, dangling_link, null_link, pipe, directory]
)
def test_a_drop_in_that_is_not_ours_stays(
    system: System, ask: Ask, make: Callable[[Path], None], request_: dict[str, object]
) -> None:
    path = system.units / DROP_IN
    path.parent.mkdir()
    make(path)
    before = os.lstat(path)
    assert ask(request_).errors == ["not-ours"]
    after = os.lstat(path)
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert system.reloaded() == []


def linked(folder: Path) -> None:
    folder.with_name("elsewhere").mkdir()
    folder.symlink_to("elsewhere")


def a_file(folder: Path) -> None:
    folder.write_text("")


def writable(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o775)


def anothers(folder: Path) -> None:
    folder.mkdir()
    os.chown(folder, BEN, BEN)


@pytest.mark.parametrize("request_", [PROTECT, REMOVE], ids=["set", "remove"])
@pytest.mark.parametrize("make", [linked, a_file, writable, anothers])
def test_a_directory_that_is_not_to_be_trusted(
    system: System, ask: Ask, make: Callable[[Path], None], request_: dict[str, object]
) -> None:
    make(system.units / "nginx.service.d")
    assert ask(request_).errors == ["unsafe-path"]
    assert not list(system.units.rglob("50-oomtray.conf"))


@pytest.mark.parametrize("place", ["units", "above"])
def test_a_link_on_the_way(system: System, serve: Callable[..., Served], tmp_path: Path, place: str) -> None:
    (tmp_path / "link").symlink_to(system.units if place == "units" else tmp_path)
    units = tmp_path / ("link" if place == "units" else "link/units")
    roots = system.roots | {"units": str(units)}
    assert serve("unit", ANA, PROTECT, **roots).errors == ["unsafe-path"]
    assert system.files() == {}


@pytest.mark.parametrize("request_", [PROTECT, REMOVE], ids=["set", "remove"])
def test_a_directory_of_units_that_others_may_write(system: System, ask: Ask, request_: dict[str, object]) -> None:
    """Its owner could put another directory in the place of the one that was checked."""
    system.units.chmod(0o775)
    assert ask(request_).errors == ["unsafe-path"]
    assert system.files() == {}


def test_no_units_here(system: System, ask: Ask) -> None:
    system.units.rmdir()
    assert ask(PROTECT).errors == ["gone"]


def test_what_an_interrupted_run_left(system: System, ask: Ask) -> None:
    folder = system.units / "nginx.service.d"
    folder.mkdir()
    (folder / f".50-oomtray.conf.{os.getpid()}").write_text("half")
    assert ask(PROTECT).errors == [None]
    assert system.files() == {"nginx.service.d": "755", DROP_IN: OURS}


@pytest.mark.parametrize(
    ("mount", "error"),
    [
        pytest.param("mount -t tmpfs -o size=4k,mode=755 x {} && head -c 4096 /dev/zero >{}/full", "disk-full", id="full"),
        pytest.param("mount -t tmpfs -o nr_inodes=2,mode=755 x {}", "disk-full", id="no inode for the file"),
        pytest.param("mount -t tmpfs -o nr_inodes=1,mode=755 x {}", "disk-full", id="no inode for the directory"),
        pytest.param("mount -t tmpfs -o ro,mode=755 x {}", "read-only", id="read-only"),
    ],
)  # fmt: skip
def test_nothing_is_left_where_nothing_can_be_written(mount: str, error: str) -> None:
    """Through the program itself, on a real file system that is so."""
    need_root()
    units = "/etc/systemd/system"
    if not Path(units).is_dir():
        raise RigUnavailable("no directory of system units here (Debian's package systemd)")
    script = f'{mount.format(units, units)} && "$@"; ls -A {units} >&2'
    done = start_helper("unit", data=lines(PROTECT), before=("unshare", "--mount", "sh", "-c", script, "sh"))
    assert [answer["error"] for answer in answers_of(done)] == [error]
    assert done.stderr.decode().split() in ([], ["full"])


def test_a_limit_on_file_sizes_from_the_caller(system: System) -> None:
    need_root()
    script = f'mount --bind {system.units} /etc/systemd/system && ulimit -f 0 && exec "$@"'
    done = start_helper("unit", data=lines(PROTECT), before=("unshare", "--mount", "sh", "-c", script, "sh"))
    assert [answer["error"] for answer in answers_of(done)] == ["disk-full"]
    assert system.files() == {}


def test_leftovers_that_another_helper_cleans_first(
    system: System, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once see the same file of a third that was killed; the slower one has its work done all the same."""
    folder = system.units / "nginx.service.d"
    folder.mkdir()
    (folder / ".50-oomtray.conf.9999994303").write_text("half")
    look = os.listdir

    def raced(at: int) -> list[str]:
        names = look(at)
        (folder / ".50-oomtray.conf.9999994303").unlink(missing_ok=True)
        return names

    monkeypatch.setattr(os, "listdir", raced)
    assert ask(PROTECT).errors == [None]
    assert system.files() == {"nginx.service.d": "755", DROP_IN: OURS}


def test_leftovers_are_removed_and_nothing_that_they_lead_to(
    system: System, ask: Ask, tmp_path: Path
) -> None:
    folder = system.units / "nginx.service.d"
    folder.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs")
    (folder / ".50-oomtray.conf.9999994301").symlink_to(elsewhere)
    os.link(elsewhere, folder / ".50-oomtray.conf.9999994302")
    (folder / ".50-oomtray.conf.9999994303").mkdir()
    for name in (
        ".50-oomtray.conf.1",
        ".50-oomtray.conf.",
        ".50-oomtray.conf.9999994301~",
        ".50-oomtray.conf.9999994301\n",
    ):
        (folder / name).write_text("not that of one that is gone")
    before = set(os.listdir(folder))
    assert ask(PROTECT).errors == [None]
    gone = {".50-oomtray.conf.9999994301", ".50-oomtray.conf.9999994302"}
    assert set(os.listdir(folder)) == before - gone | {"50-oomtray.conf"}
    assert elsewhere.read_text() == "theirs"
