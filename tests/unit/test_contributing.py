"""Specifies that CONTRIBUTING names files, targets of make and names in the code that are there, and every module of the top folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
CODE = [word for word in re.findall(r"`([^`]+)`", TEXT) if not re.search(r"NAME|TOPIC|LANGUAGE|Language|/proc|/sys", word)]


def files() -> set[str]:
    """Of the tree, and of its folders."""
    found = {str(path.relative_to(ROOT)) for name in ("oomtray", "packaging", "resources", "tests") for path in (ROOT / name).rglob("*")}
    return found | {path.name for path in ROOT.iterdir()}


def test_the_files_that_it_names_are_there() -> None:
    there = files()
    names = {path.rpartition("/")[2] for path in there}
    paths = {word for word in CODE if re.fullmatch(r"[\w./-]+/[\w./-]+", word)}
    alone = {word for word in CODE if re.fullmatch(r"\w+\.(py|md|sh)", word)}
    assert len(paths) > 20
    assert {path for path in paths if path.rstrip("/") not in there and path != "build/tests"} == set()
    assert alone - names == set()


def test_the_targets_of_make_that_it_names_are_there() -> None:
    named = set(re.findall(r"make\s([a-z-]+)", TEXT))
    assert named <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", sorted({word for word in CODE if re.fullmatch(r"_?[A-Z]\w*|[a-z]+_[a-z_]+|tr|tr_n|joined|reason", word)}))
def test_names_in_the_code_that_it_names_are_there(name: str) -> None:
    assert any(re.search(rf"\b{name}\b", path.read_text()) for top in ("oomtray", "tests") for path in (ROOT / top).rglob("*.py"))


def test_a_file_named_without_its_folder_is_in_one_named_before_it() -> None:
    """Several files are called `facts.py`: a recipe led to another than it meant."""
    lost = []
    for paragraph in TEXT.partition("## Recipes")[2].split("\n\n"):
        folders = [ROOT]
        for word in re.findall(r"`([^`]+)`", paragraph):
            if "/" in word:
                folders.append(ROOT / word if (ROOT / word).is_dir() else (ROOT / word).parent)
            elif re.fullmatch(r"[\w-]+\.(py|md)", word) and not re.search(r"NAME|TOPIC", word) and not any((folder / word).is_file() for folder in folders):
                lost.append(word)
    assert lost == []


def test_the_floors_have_every_folder_and_module() -> None:
    floors = TEXT.partition("## The floors")[2].partition("\n`kernel` hands")[0]
    top = {path.name for path in (ROOT / "oomtray").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    told = set(re.findall(r"\w+", floors))
    assert {name.removesuffix(".py") for name in top if not name.startswith("__")} - told == set()
