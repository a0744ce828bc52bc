"""A private file: what is read, what is never touched, and what two writers, a kill and a full disk leave of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from oomtray.file_access import FileError
from oomtray.private_file import PrivateFile
from tests.rigs.processes.users import NOBODY, as_nobody, need_root

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "file"


def names(directory: Path) -> list[str]:
    return sorted(os.listdir(directory))


def trouble(act: Callable[[], object]) -> str:
    with pytest.raises(FileError) as caught:
        act()
    return caught.value.problem.id


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", f"import sys, os; sys.path.insert(0, {str(ROOT)!r})\n{code}", *map(str, arguments)]


def test_no_file_is_none_and_makes_nothing(path: Path) -> None:
    assert (PrivateFile(str(path)).read(), PrivateFile(str(path)).stamp()) == (None, None)
    PrivateFile(str(path)).remove()
    assert not path.parent.exists()


def test_a_directory_that_another_program_makes_at_the_same_moment_is_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = os.mkdir

    def slower(name: str, *given: int, **where: int) -> None:
        really(name, *given, **where)
        really(name, *given, **where)

    monkeypatch.setattr(os, "mkdir", slower)
    PrivateFile(str(path)).write(b"kept")
    assert PrivateFile(str(path)).read() == b"kept"


def test_what_is_written_is_read_and_nothing_else_is_left(path: Path) -> None:
    file = PrivateFile(str(path))
    file.write(b"one")
    with file.editing() as edit:
        assert edit.content == b"one"
        edit.replace(b"two")
    assert file.read() == b"two"
    assert names(path.parent) == ["file"]
    file.remove()
    assert names(path.parent) == []


@pytest.mark.parametrize("mask", [0, 0o077], ids=oct)
def test_the_mode_of_a_new_file_is_given_and_that_of_an_old_one_stays(path: Path, mask: int) -> None:
    file = PrivateFile(str(path), mode=0o644)
    old = os.umask(mask)
    try:
        file.write(b"")
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o640)
    file.write(b"x")
    assert path.stat().st_mode & 0o777 == 0o640


IN_ITS_PLACE: dict[str, tuple[Callable[[Path], object], str]] = {
    "fifo": (lambda path: os.mkfifo(path), "not-regular"),
    "directory": (lambda path: path.mkdir(), "not-regular"),
    "device": (lambda path: os.mknod(path, 0o020666, os.makedev(1, 5)), "not-regular"),
    "too-large": (lambda path: path.write_bytes(b"x" * 101), "too-large"),
    "link": (lambda path: path.symlink_to(path.parent / "elsewhere"), "is-link"),
    "a-loop": (lambda path: path.symlink_to(path), "is-link"),
}


@pytest.mark.parametrize(("make", "says"), IN_ITS_PLACE.values(), ids=IN_ITS_PLACE)
def test_what_is_no_file_is_neither_read_nor_replaced(path: Path, make: Callable[[Path], object], says: str) -> None:
    if says == "not-regular":
        need_root()
    path.parent.mkdir()
    make(path)
    file = PrivateFile(str(path), limit=100)
    assert (trouble(file.read), trouble(lambda: file.write(b"x"))) == (says, says)
    assert names(path.parent) == ["file"]


@pytest.mark.parametrize(
    ("target", "says"),
    [("/dev/zero", "not-regular"), ("file", "unreadable"), ("/etc", "not-regular")],
    ids=["endless", "a-loop", "directory"],
)
def test_a_link_that_may_be_followed_leads_to_a_file_or_is_told(path: Path, target: str, says: str) -> None:
    path.parent.mkdir()
    path.symlink_to(target)
    assert trouble(PrivateFile(str(path), links=True).read) == says


def test_a_full_file_is_read_to_its_last_byte(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"x" * 100)
    assert PrivateFile(str(path), limit=100).read() == b"x" * 100


class TestStamp:
    def test_it_stays_while_the_file_stays(self, path: Path) -> None:
        file = PrivateFile(str(path))
        file.write(b"one")
        before = file.stamp()
        assert file.read() == b"one"
        assert file.stamp() == before

    def test_another_file_of_the_same_size_and_time_is_another(self, path: Path) -> None:
        file = PrivateFile(str(path))
        file.write(b"one")
        before, facts = file.stamp(), path.stat()
        file.write(b"two")
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        assert file.stamp() != before


class TestAnotherWriter:
    def test_none_loses_what_another_wrote(self, path: Path) -> None:
        """As two commands that add a rule at once."""
        code = """
from oomtray.private_file import PrivateFile
for n in range(20):
    with PrivateFile(sys.argv[1]).editing() as edit:
        edit.replace((edit.content or b"") + f"{sys.argv[2]}-{n}\\n".encode())
"""
        writers = [subprocess.Popen(python(code, path, me)) for me in "abcd"]
        assert [writer.wait(60) for writer in writers] == [0] * 4
        assert sorted(path.read_text().split()) == sorted(f"{me}-{n}" for me in "abcd" for n in range(20))
        assert names(path.parent) == ["file"]

    def test_what_an_editor_saved_meanwhile_is_not_covered(self, path: Path) -> None:
        file = PrivateFile(str(path))
        file.write(b"one")
        with file.editing() as edit:
            path.write_bytes(b"theirs")
            assert trouble(lambda: edit.replace(b"ours")) == "changed"
        assert path.read_bytes() == b"theirs"
        assert names(path.parent) == ["file"]


def test_what_a_killed_program_left_is_gone_with_the_next_write(path: Path) -> None:
    file = PrivateFile(str(path))
    file.write(b"one")
    code = """
from oomtray.private_file import PrivateFile
os.fsync = lambda fd: os.kill(os.getpid(), 9)
PrivateFile(sys.argv[1]).write(b"two")
"""
    assert subprocess.run(python(code, path), check=False).returncode == -signal.SIGKILL
    assert names(path.parent) == ["file", "file.lock", "file.new"]
    assert file.read() == b"one"
    file.write(b"three")
    assert names(path.parent) == ["file"]


class TestLinksOfOnesOwn:
    """Dotfiles are laid so: by a link to the file, to its directory, or to a directory above."""

    @pytest.fixture(params=["to-the-file", "relative", "to-the-directory", "above", "through-two"])
    def linked(self, request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
        """The file by the name that it is asked for, and where it lies."""
        real = tmp_path / "dotfiles" / "app" / "file"
        real.parent.mkdir(parents=True)
        real.write_bytes(b"one")
        config = tmp_path / "config"
        match request.param:
            case "to-the-directory":
                config.mkdir()
                (config / "app").symlink_to(real.parent)
                return config / "app" / "file", real
            case "above":
                config.symlink_to("dotfiles")
                return config / "app" / "file", real
            case kind:
                (config / "app").mkdir(parents=True)
                target = real if kind != "relative" else Path("../../dotfiles/app/file")
                if kind == "through-two":
                    (tmp_path / "between").symlink_to(real)
                    target = tmp_path / "between"
                (config / "app" / "file").symlink_to(target)
                return config / "app" / "file", real

    @pytest.mark.parametrize("user", ["root", "nobody"])
    def test_they_are_followed_and_stay(self, linked: tuple[Path, Path], user: str, tmp_path: Path) -> None:
        path, real = linked
        code = """
from oomtray.private_file import PrivateFile
with PrivateFile(sys.argv[1], links=True).editing() as edit:
    assert edit.content == b"one"
    edit.replace(b"two")
"""
        command = python(code, path)
        if user == "nobody":
            need_root()
            subprocess.run(["chown", "-hR", str(NOBODY), tmp_path], check=True)
            command = as_nobody(command)
        subprocess.run(command, check=True)
        assert not real.is_symlink()
        assert real.read_bytes() == b"two"
        assert path.resolve() == real
        assert (names(path.parent), names(real.parent)) == (["file"], ["file"])


class TestRootWithAUsersHome:
    """As with sudo that keeps HOME: what the user has laid there must not lead root anywhere."""

    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        need_root()
        home = tmp_path / "home"
        home.mkdir()
        return home

    @pytest.mark.parametrize("what", ["file", "link", "directory", "home"])
    def test_nothing_of_the_users_is_read_or_written(self, home: Path, tmp_path: Path, what: str) -> None:
        treasure = tmp_path / "treasure"
        treasure.write_bytes(b"gold")
        path = home / "app" / "file"
        path.parent.mkdir()
        path.symlink_to(treasure) if what == "link" else path.write_bytes(b"theirs")
        theirs = {"directory": path.parent, "home": home}.get(what, path)
        os.chown(theirs, NOBODY, NOBODY, follow_symlinks=False)
        file = PrivateFile(str(path), links=True)
        assert (trouble(file.read), trouble(lambda: file.write(b"x"))) == ("not-own", "not-own")
        assert treasure.read_bytes() == b"gold"
        assert names(path.parent) == ["file"]

    def test_where_there_is_no_file_nothing_is_wrong(self, home: Path) -> None:
        os.chown(home, NOBODY, NOBODY)
        assert PrivateFile(str(home / "app" / "file"), links=True).read() is None

    def test_a_directory_exchanged_between_reading_and_writing_leads_nowhere(self, home: Path, tmp_path: Path) -> None:
        path, elsewhere = home / "app" / "file", tmp_path / "elsewhere"
        elsewhere.mkdir()
        file = PrivateFile(str(path), links=True)
        file.write(b"one")
        with file.editing() as edit:
            path.parent.rename(home / "moved")
            path.parent.symlink_to(elsewhere)
            edit.replace(b"two")
        assert names(elsewhere) == []
        assert (home / "moved" / "file").read_bytes() == b"two"

    def test_where_only_a_part_is_there_the_rest_is_not_made_in_the_users_directory(self, home: Path) -> None:
        os.chown(home, NOBODY, NOBODY)
        assert trouble(lambda: PrivateFile(str(home / "a" / "b" / "file"), links=True).write(b"x")) == "not-own"
        assert names(home) == []
