"""Specifies that each whole sentence stands at one place: what is said again is asked of the function that says it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from translations.extract import of_code

CODE = Path(__file__).parents[3] / "oomtray"


def test_no_sentence_stands_twice() -> None:
    places = defaultdict(list)
    for file in sorted(CODE.rglob("*.py")):
        for message in of_code(file.read_text(), str(file.relative_to(CODE))):
            if message.text.endswith("."):
                places[message.key].append(message.files[0])
    assert len(places) > 300
    assert {sentence: files for sentence, files in places.items() if len(files) > 1} == {}
