"""The source archive and the wheel: what they hold, and that the program works from them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from oomtray.actions import helper_run
from tests.rigs.commands.contract import LIST, read
from tests.rigs.translations.pseudo import LANGUAGE, pseudo, pseudo_catalogue

ROOT = Path(__file__).parents[2]
GONE = "oomtray/resources/profiles/99-gone.toml"
"""A file that the tree had when a wheel was last built in it."""
LEFT_OUT = (".*", "build", "dist", "*.egg-info", "__pycache__")

BUILD = """
import sys, tomllib
with open("pyproject.toml", "rb") as file:
    says = tomllib.load(file)["build-system"]
sys.path[:0] = says["backend-path"]
print(getattr(__import__(says["build-backend"]), "build_" + sys.argv[1])(sys.argv[2]))
"""
"""As pip calls it (PEP 517)."""
SHOWN = """
from PySide6.QtWidgets import QApplication
from oomtray.actions.rules.profiles import load_profiles
from oomtray.ui.qt import icons
app = QApplication([])
print(icons.__file__)
print([profile.name for profile in load_profiles()])
print([icons.state_icon(state, False).isNull() for state in ("calm", "warning", "critical", "paused")])
"""


@dataclass(frozen=True, slots=True)
class Built:
    archive: Path
    wheel: Path
    python: Path
    """Of a virtual environment that has the wheel; what it depends on comes from the one that the tests run in."""

    def run(self, *argv: str, fails: bool = False, **more: str) -> str:
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | more
        done = subprocess.run(
            [self.python, *argv], cwd=self.python.parent, env=env, capture_output=True, text=True, timeout=60
        )
        assert fails or done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The archive is made of a copy of this tree, and the wheel of the archive."""
    here = tmp_path_factory.mktemp("wheel")
    copy, out = here / "copy", here / "out"
    # the link stays one: it is what this is about
    shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
    pseudo_catalogue(copy / "resources/translations")
    python = here / "venv/bin/python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", here / "venv"], check=True)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "--python",
        str(python),
        "install",
    ]
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    subprocess.run([*pip, *requires], check=True)

    def build(what: str, source: Path) -> Path:
        done = subprocess.run([python, "-c", BUILD, what, out], cwd=source, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return out / done.stdout.splitlines()[-1]

    archive = build("sdist", copy)
    subprocess.run(["tar", "-xf", archive, "-C", here], check=True)
    tree = here / archive.name.removesuffix(".tar.gz")
    left = tree / "build/lib" / GONE
    left.parent.mkdir(parents=True)
    left.touch()
    wheel = build("wheel", tree)
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True)
    (site,) = (here / "venv/lib").glob("python3*/site-packages")
    (site / "of-the-tests.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n")
    return Built(archive, wheel, python)


def sources(*folders: str) -> set[str]:
    """The files below these folders, through the link, by their paths in the tree."""
    return {
        str(Path(folder, name).relative_to(ROOT))
        for top in folders
        for folder, _, names in os.walk(ROOT / top, followlinks=True)
        for name in names
        if not name.endswith((".pyc", ".mo"))
    }


def test_the_wheel_holds_the_program_and_the_data_that_it_reads(built: Built) -> None:
    names = set(zipfile.ZipFile(built.wheel).namelist())
    data = sources("oomtray/resources/help", "oomtray/resources/icons", "oomtray/resources/profiles")
    assert data
    program = {name for name in sources("oomtray") if name.endswith((".py", "py.typed"))}
    languages = {*(path.stem for path in (ROOT / "resources/translations").glob("*.po")), LANGUAGE}
    compiled = {f"oomtray/resources/translations/{name}/LC_MESSAGES/oomtray.mo" for name in languages}
    assert {name for name in names if ".dist-info/" not in name} == program | data | compiled


def test_the_wheel_holds_nothing_of_an_earlier_build(built: Built) -> None:
    assert GONE not in zipfile.ZipFile(built.wheel).namelist()


def test_the_archive_holds_what_make_needs(built: Built) -> None:
    with tarfile.open(built.archive) as tar:
        names = {member.name.partition("/")[2] for member in tar if member.isfile()}
    wanted = {"Makefile", "LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml"} | sources(
        "packaging", "tests"
    )
    wanted |= {name for name in sources("resources") if "/screenshots/" not in name}
    assert wanted - names == set()
    assert f"resources/translations/{LANGUAGE}.po" in names
    assert [name for name in names if name.endswith((".pyc", ".mo")) or "/screenshots/" in name] == []


def test_commands_answer(built: Built) -> None:
    assert read(built.run("-m", "oomtray", "list", "--json"), LIST)["processes"]
    script = subprocess.run([built.python.parent / "oomtray", "--version"], capture_output=True, text=True)
    assert (script.returncode, script.stderr) == (0, "")


def test_it_speaks_the_users_language(built: Built) -> None:
    assert built.run("-m", "oomtray", "--help", LC_ALL="C.UTF-8", LANGUAGE=LANGUAGE).startswith(pseudo("usage: ")[:7])
    assert built.run("-m", "oomtray", "--help", LC_ALL="C.UTF-8", LANGUAGE="").startswith("usage: ")


def test_icons_and_profiles_are_found(built: Built) -> None:
    where, profiles, missing = built.run("-c", SHOWN).splitlines()
    assert where.startswith(str(built.python.parents[1]))
    assert len(json.loads(profiles.replace("'", '"'))) == len(list((ROOT / "resources/profiles").iterdir()))
    assert missing == "[False, False, False, False]"


def test_it_says_how_to_get_the_helper(built: Built) -> None:
    checks = json.loads(built.run("-m", "oomtray", "doctor", "--json", fails=True))["checks"]
    (helper,) = [check for check in checks if check["id"] == "helper"]
    if os.path.exists(helper_run.HELPER):
        assert helper["ok"]
    else:
        assert "sudo make install-helper" in helper["remedy"]
