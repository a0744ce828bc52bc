"""`python -m translations`: what `make translations`, a build and the set-up of a checkout run, in a small tree."""

from __future__ import annotations

import gettext
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from translations.catalogue import load

PACKAGING = Path(__file__).parents[3] / "packaging"
GERMAN = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "old"\nmsgstr "alt"\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(PACKAGING / "translations", tmp_path / "packaging/translations")
    (tmp_path / "oomtray").mkdir()
    (tmp_path / "resources").mkdir()
    (tmp_path / "oomtray/resources").symlink_to("../resources")
    (tmp_path / "oomtray/a.py").write_text('from oomtray.messages.i18n import tr\ntr("old")\ntr("new")\n')
    return tmp_path


def run(tree: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", "-m", "translations", *argv],
        env=os.environ | {"PYTHONPATH": str(tree / "packaging")},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_update_writes_the_template_and_brings_each_language_up_to_it(tree: Path) -> None:
    assert run(tree, "update").returncode == 0
    folder = tree / "resources/translations"
    (folder / "de.po").write_text(GERMAN)
    assert run(tree, "update").returncode == 0
    said = {message.text: message.translations for message in load(folder / "de.po").messages}
    assert (said["old"], said["new"]) == (("alt",), ("",))
    before = {path: path.read_bytes() for path in folder.glob("*.po*")}
    run(tree, "update")
    assert {path: path.read_bytes() for path in folder.glob("*.po*")} == before
    assert said.keys() == {message.text for message in load(folder / "oomtray.pot").messages}


def test_compile_puts_each_language_where_the_program_looks(tree: Path) -> None:
    folder = tree / "resources/translations"
    folder.mkdir()
    (folder / "de.po").write_text(GERMAN)
    assert run(tree, "compile").returncode == 0
    assert gettext.translation("oomtray", tree / "oomtray/resources/translations", ["de"]).gettext("old") == "alt"


@pytest.mark.parametrize(
    ("argv", "code", "status", "says"),
    [
        (["update"], 'from oomtray.messages.i18n import tr\ntr(f"{a}")\n', 1, "oomtray/a.py:2: tr takes literals"),
        (["compile", "gone", "nowhere"], "", 0, ""),
        ([], "", 2, "say update, or compile"),
    ],
    ids=["no-literal", "nothing-to-compile", "nothing-asked"],
)
def test_what_goes_wrong_is_one_line(tree: Path, argv: list[str], code: str, status: int, says: str) -> None:
    (tree / "oomtray/a.py").write_text(code)
    done = run(tree, *argv)
    assert done.returncode == status
    assert says in done.stderr
    assert done.stderr.count("\n") <= 1
