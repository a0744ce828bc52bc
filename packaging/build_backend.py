"""Setuptools, with the translations compiled before anything is built of this tree (PEP 517, an in-tree backend)."""

from __future__ import annotations

import shutil
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)
from translations.__main__ import SOURCE, TARGET
from translations.compile import compile_all

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def build_wheel(*arguments: Any, **options: Any) -> str:
    compile_all(SOURCE, TARGET)
    shutil.rmtree("build/lib", ignore_errors=True)  # what an earlier build left there would be packed too
    return build_meta.build_wheel(*arguments, **options)


def build_editable(*arguments: Any, **options: Any) -> str:
    compile_all(SOURCE, TARGET)
    return build_meta.build_editable(*arguments, **options)
