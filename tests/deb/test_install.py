"""`make install`, `make install-helper` and `make uninstall`, and the manual page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from oomtray import APP_ID, __version__
from oomtray.actions import helper_run
from oomtray.cli import COMMANDS
from oomtray.messages.doctor import INSTALL_HELPER
from oomtray.messages.permission import permission
from tests.rigs.commands.contract import LIST, read
from tests.rigs.debian.debian_tree import debian_tree
from tests.rigs.debian.root import Root
from tests.rigs.processes.programs import need_programs
from tests.rigs.translations.pseudo import LANGUAGE, pseudo, pseudo_catalogue

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "packaging/oomtray.1"
HELPER = "usr/libexec/oomtray/oomtray-helper"
POLICY = "usr/share/polkit-1/actions/io.github.oomtray.policy"
ICON = f"share/icons/hicolor/scalable/apps/{APP_ID}.svg"
APP = {  # below PREFIX, and what each is a copy of
    "bin/oomtray": None,
    f"share/applications/{APP_ID}.desktop": f"resources/{APP_ID}.desktop",
    ICON: f"resources/icons/hicolor/scalable/apps/{APP_ID}.svg",
    f"share/icons/hicolor/symbolic/apps/{APP_ID}-symbolic.svg": (
        f"resources/icons/hicolor/symbolic/apps/{APP_ID}-symbolic.svg"
    ),
    f"share/metainfo/{APP_ID}.metainfo.xml": f"resources/{APP_ID}.metainfo.xml",
    "share/man/man1/oomtray.1": "packaging/oomtray.1",
    "share/man/ko/man1/oomtray.1": "packaging/ko/oomtray.1",
    f"lib/systemd/user/app-{APP_ID}@autostart.service.d/memory.conf": "packaging/memory.conf",
}
FIXED = {HELPER: "oomtray/helper/oomtray_helper.py", POLICY: "packaging/io.github.oomtray.policy"}


def make(
    target: str, destdir: Path | str, *variables: str, tree: Path = ROOT, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--silent", "--no-print-directory", target, f"DESTDIR={destdir}", *variables],
        cwd=tree,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | env,
        umask=0o077,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def files(destdir: Path) -> set[str]:
    return {str(path.relative_to(destdir)) for path in destdir.rglob("*") if not path.is_dir()}


def library(prefix: str) -> dict[str, str | None]:
    """Where the package's files go, and what each is a copy of: all of it, and the data that it reads."""
    package = [
        path
        for path in (ROOT / "oomtray").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    data = [path for folder in ("help", "icons", "profiles") for path in (ROOT / "resources" / folder).rglob("*.*")]
    sources = [str(path.relative_to(ROOT)) for path in package]
    wanted: dict[str, str | None] = {f"{prefix}/lib/oomtray/{source}": source for source in sources}
    for path in (ROOT / "resources/translations").glob("*.po"):
        wanted[f"{prefix}/lib/oomtray/{compiled(path.stem)}"] = None
    for path in data:
        source = str(path.relative_to(ROOT))
        wanted[f"{prefix}/lib/oomtray/oomtray/{source}"] = source
    return wanted


def compiled(language: str) -> str:
    return f"oomtray/resources/translations/{language}/LC_MESSAGES/oomtray.mo"


PREFIXES = pytest.mark.parametrize("prefix", ["usr/local", "usr"])


@PREFIXES
def test_install_puts_each_file_in_its_place(tmp_path: Path, prefix: str) -> None:
    done = make("install", tmp_path, *([] if prefix == "usr/local" else [f"PREFIX=/{prefix}"]))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wanted = library(prefix) | FIXED | {f"{prefix}/{name}": source for name, source in APP.items()}
    assert files(tmp_path) == set(wanted)
    for name, source in wanted.items():
        if source is not None:
            assert (tmp_path / name).read_bytes() == (ROOT / source).read_bytes(), name


def test_modes_are_the_same_under_any_umask(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    make("install", tree)
    odd = {}
    for path in tree.rglob("*"):
        info = path.lstat()
        program = path.name in ("oomtray-helper", "oomtray") and path.parent.name in ("oomtray", "bin")
        mode = 0o755 if path.is_dir() or program else 0o644
        if (info.st_mode & 0o7777, info.st_uid, info.st_gid) != (mode, os.getuid(), os.getgid()):
            odd[str(path)] = oct(info.st_mode)
    assert odd == {}


@PREFIXES
def test_uninstall_leaves_nothing_of_ours(tmp_path: Path, prefix: str) -> None:
    make("install", tmp_path, f"PREFIX=/{prefix}")
    # as a first run by root leaves them, and as someone else's
    compiled = tmp_path / prefix / "lib/oomtray/oomtray/__pycache__"
    compiled.mkdir()
    (compiled / "x.pyc").write_bytes(b"")
    other = tmp_path / prefix / "share/applications/other.desktop"
    other.write_text("")
    done = make("uninstall", tmp_path, f"PREFIX=/{prefix}")
    assert (done.returncode, done.stderr) == (0, "")
    assert files(tmp_path) == {str(other.relative_to(tmp_path))}
    assert list(tmp_path.rglob("*oomtray*")) == []


def test_the_helper_alone(tmp_path: Path) -> None:
    make("install-helper", tmp_path)
    assert files(tmp_path) == {HELPER, POLICY, f"usr/local/{ICON}"}
    make("uninstall", tmp_path)
    assert files(tmp_path) == set()


def test_a_newer_version_takes_the_older_ones_place(tmp_path: Path) -> None:
    make("install", tmp_path)
    old = tmp_path / "usr/local/lib/oomtray/oomtray/retired.py"
    old.write_text("")
    make("install", tmp_path)
    assert not old.exists()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of this tree that has one more language."""
    copy = tmp_path / "tree"
    copy.mkdir()
    for name in ("Makefile", "oomtray", "packaging", "resources"):
        subprocess.run(["cp", "-a", ROOT / name, copy], check=True)
    pseudo_catalogue(copy / "resources/translations")
    return copy


@pytest.mark.parametrize("python", [[], ["PYTHON=/elsewhere/python3"]], ids=["its-own", "of-another-machine"])
def test_each_language_is_compiled_where_the_program_finds_it(tree: Path, tmp_path: Path, python: list[str]) -> None:
    before = files(tree)
    to = tmp_path / "root"
    done = make("install", to, *python, tree=tree)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    mo = to / "usr/local/lib/oomtray" / compiled(LANGUAGE)
    assert mo.stat().st_mode & 0o777 == 0o644
    assert files(tree) == before
    said = subprocess.run(
        [sys.executable, "-m", "oomtray", "--help"],
        env=os.environ | {"PYTHONPATH": str(to / "usr/local/lib/oomtray"), "LC_ALL": "C.UTF-8", "LANGUAGE": LANGUAGE},
        cwd=to,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.stdout.startswith(pseudo("usage: ")[:7]), said.stderr
    make("uninstall", to, tree=tree)
    assert files(to) == set()


def test_a_translation_that_is_broken_is_not_installed(tree: Path, tmp_path: Path) -> None:
    (tree / "resources/translations/yy.po").write_text("rubbish")
    done = make("install", tmp_path / "root", tree=tree)
    assert done.returncode != 0
    assert "yy.po" in done.stderr


@pytest.fixture
def played(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing can be copied or removed; what was tried stands in $CALLS."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("install", "rm", "rmdir", "mkdir", "chmod"):
        (programs / name).write_text(f'#!/bin/sh\necho {name} >>"$CALLS"\n')
    (programs / "id").write_text("#!/bin/sh\necho $USER_ID\n")
    (programs / "dpkg-query").write_text('#!/bin/sh\n[ -n "$OWNER" ] && echo "$OWNER: $2"\n')
    for path in programs.iterdir():
        path.chmod(0o755)
    return {"PATH": f"{programs}:{os.environ['PATH']}", "CALLS": str(tmp_path / "calls"), "USER_ID": "0"}


@pytest.mark.parametrize("target", ["install", "install-helper", "uninstall"])
@pytest.mark.parametrize(
    ("env", "variables", "says"),
    [
        pytest.param({"USER_ID": "1000"}, [], "run it with sudo", id="not root"),
        pytest.param(
            {"OWNER": "oomtray"}, [], "belongs to the package oomtray", id="the package is installed"
        ),
        pytest.param({}, ["PREFIX=opt"], "PREFIX is not an absolute path: opt", id="relative prefix"),
        pytest.param({}, ["PYTHON=no-such-python"], "PYTHON names no program", id="no such Python"),
    ],
)
def test_it_refuses_before_it_touches_anything(
    played: dict[str, str], target: str, env: dict[str, str], variables: list[str], says: str
) -> None:
    done = make(target, "", *variables, **played | env)
    assert done.returncode == 2  # make's own word for it
    assert done.stderr.startswith("install: ")
    assert says in done.stderr.splitlines()[0]
    assert not Path(played["CALLS"]).exists()


def test_what_was_installed_runs(tmp_path: Path) -> None:
    with Root(debian_tree()) as root:
        before = root.files()
        assert make("install", root.path("")).returncode == 0
        answer = read(root.run(["/usr/local/bin/oomtray", "list", "--json"], user=True).stdout, LIST)
        assert answer["processes"]
        root.run(["/usr/local/bin/oomtray", "list"])
        assert f"/{HELPER}" in root.run(["/usr/local/bin/oomtray", "doctor"], user=True, fails=True).stdout
        make("uninstall", root.path(""))
        left = root.files() - before
    assert [path for path in left if "oomtray" in path] == []


@pytest.mark.parametrize(
    "says", [permission("no-helper"), INSTALL_HELPER], ids=["commands", "doctor"]
)
def test_the_remedy_for_a_missing_helper_is_there_to_be_run(says: str, tmp_path: Path) -> None:
    (target,) = re.findall(r"`sudo make ([a-z-]+)` in the source tree", says)
    assert make(target, tmp_path).returncode == 0
    assert (tmp_path / helper_run.HELPER.lstrip("/")).stat().st_mode & 0o777 == 0o755
    assert "the oomtray package" in says
    assert "Package: oomtray\n" in (ROOT / "packaging/debian/control").read_text()


# -- the manual page


@pytest.mark.parametrize("manual", [MANUAL, MANUAL.parent / "ko/oomtray.1"], ids=["en", "ko"])
@pytest.mark.parametrize(
    "checker",
    [["mandoc", "-Tlint", "-Wwarning"], ["man", "--warnings", "--encoding=UTF-8", "--local-file", "-Tutf8", "--ditroff"]],
    ids=["mandoc", "groff"],
)
def test_the_manual_page_is_well_formed(checker: list[str], manual: Path) -> None:
    need_programs({"mandoc": "mandoc", "man": "man-db"})
    done = subprocess.run([*checker, manual], capture_output=True, text=True, timeout=60)
    said = done.stdout if checker[0] == "mandoc" else ""
    assert (done.returncode, said, done.stderr) == (0, "", "")


def test_the_manual_page_tells_of_every_command_and_of_this_version() -> None:
    text = MANUAL.read_text()
    assert f'"OOM Tray {__version__}"' in text.splitlines()[0]
    commands = text[text.index(".SH COMMANDS") : text.index(".SH EXIT STATUS")]
    headed = set(re.findall(r"^\.TP\n\.B[IR]? (.+)$", commands, re.MULTILINE))
    assert {word.strip(",") for line in headed for word in re.findall(r"[a-z]+", line)} == {"tray", *COMMANDS}
    status = text[text.index(".SH EXIT STATUS") : text.index(".SH ENVIRONMENT")]
    assert re.findall(r"^\.B (\d)$", status, re.MULTILINE) == list("012345")
