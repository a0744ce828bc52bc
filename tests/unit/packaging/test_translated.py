"""Specifies that what a desktop and a terminal show of the package itself is there in Korean, in step with the English."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from configparser import ConfigParser
from pathlib import Path

from oomtray import APP_ID

ROOT = Path(__file__).parents[3]
MANUAL = ROOT / "packaging/oomtray.1"
KOREAN = ROOT / "packaging/ko/oomtray.1"
HANGUL = re.compile(r"[가-힣]")
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def sections(manual: Path) -> list[str]:
    return re.split(r"^\.SH .*\n", manual.read_text(), flags=re.MULTILINE)


def typed(text: str) -> Counter[str]:
    """Options and names of files: what stays as it is."""
    plain = text.replace("\\-", "-")
    return Counter(re.findall(r"(?<![\w-])--?[a-z][a-z-]*|[\w./~-]+\.(?:toml|conf|service|desktop|policy)", plain))


def heads(text: str) -> list[str]:
    """What is explained: the words in bold or italics right after each .TP or .IP, without those between them."""
    found = re.findall(r"^\.TP\n\.([A-Z]+) (.*)$|^\.(IP) (.*)$", text, re.MULTILINE)
    return [re.sub(r'[^\x20-\x7e]|"| and |,', "", one[1] or one[3]).split()[0] for one in found]


def test_the_korean_manual_has_the_same_sections() -> None:
    english, korean = sections(MANUAL), sections(KOREAN)
    assert len(korean) == len(english)
    assert [heads(text) for text in korean] == [heads(text) for text in english]


def test_the_korean_manual_has_the_same_synopsis() -> None:
    assert sections(KOREAN)[2] == sections(MANUAL)[2]


def test_the_korean_manual_has_the_same_options_and_files() -> None:
    for english, korean in zip(sections(MANUAL), sections(KOREAN), strict=True):
        assert set(typed(korean)) == set(typed(english))


def test_the_korean_manual_is_of_the_same_version() -> None:
    (english,), (korean,) = ([line for line in path.read_text().splitlines() if line.startswith(".TH")] for path in (MANUAL, KOREAN))
    assert korean.split('"')[:2] == english.split('"')[:2]
    assert HANGUL.search(korean)


def test_every_sentence_of_the_korean_manual_is_korean() -> None:
    """A line of several English words in a row was left."""
    body = "".join(sections(KOREAN)[3:])
    assert [line for line in body.splitlines() if not line.startswith(".") and re.search(r"(?:\b[a-z]+ ){4}", line)] == []


def test_the_desktop_file_says_all_of_it_in_korean() -> None:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ROOT / f"resources/{APP_ID}.desktop")
    for section in parser.sections():
        said = parser[section]
        for key in ("GenericName", "Comment", "Keywords"):
            if key in said:
                assert HANGUL.search(said[f"{key}[ko]"]), (section, key)
        if section != "Desktop Entry":
            assert HANGUL.search(said["Name[ko]"])


def test_the_metainfo_says_all_of_it_in_korean() -> None:
    root = ET.parse(ROOT / f"resources/{APP_ID}.metainfo.xml").getroot()
    for tag in ("summary", "developer_name", "p", "li", "caption"):
        said = list(root.iter(tag))
        english = [one for one in said if LANG not in one.attrib]
        korean = [one for one in said if one.get(LANG) == "ko"]
        assert len(korean) == len(english), tag
        assert all(HANGUL.search(one.text or "") for one in korean)


def test_the_policy_says_all_of_it_in_korean() -> None:
    root = ET.parse(ROOT / "packaging/io.github.oomtray.policy").getroot()
    actions = root.findall("action")
    assert actions
    for action in actions:
        for tag in ("description", "message"):
            english, korean = (next(one.text or "" for one in action.findall(tag) if one.get(LANG) == lang) for lang in (None, "ko"))
            assert HANGUL.search(korean), action.get("id")
            assert re.findall(r"\$\(\w+\)", korean) == re.findall(r"\$\(\w+\)", english)
