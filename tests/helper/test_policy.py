"""The polkit policy file: its actions, its defaults and its messages; what polkitd makes of it is told in test_polkit.py."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.rigs.polkit.inside import HELPER
from tests.rigs.processes.programs import need_programs

POLICY = Path(__file__).resolve().parents[2] / "packaging/io.github.oomtray.policy"
DTD = "/usr/share/polkit-1/policyconfig-1.dtd"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
ACTIONS = {action.get("id"): action for action in ET.parse(POLICY).iter("action")}


def test_polkits_own_grammar() -> None:
    need_programs({"xmllint": "libxml2-utils", DTD: "polkitd"})
    check = ["xmllint", "--noout", "--nonet", "--nowarning", "--dtdvalid", DTD, str(POLICY)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("action", "verb", "active"),
    [
        ("io.github.oomtray.adjust-own", "own", "auth_admin_keep"),
        ("io.github.oomtray.adjust-other", "other", "auth_admin"),
        ("io.github.oomtray.edit-unit", "unit", "auth_admin"),
        ("io.github.oomtray.read-kills", "kills", "auth_admin"),
    ],
)
def test_action(action: str, verb: str, active: str) -> None:
    """Never auth_self: who protects a hog of their own moves the kill to others."""
    found = ACTIONS[action]
    assert {entry.tag: entry.text for entry in found.iterfind("defaults/*")} == {
        "allow_any": "no",
        "allow_inactive": "no",
        "allow_active": active,
    }
    assert {note.get("key"): note.text for note in found.iter("annotate")} == {
        "org.freedesktop.policykit.exec.path": str(HELPER),
        "org.freedesktop.policykit.exec.argv1": verb,
    }


def test_there_are_no_other_actions() -> None:
    assert len(ACTIONS) == 4


@pytest.mark.parametrize("tag", ["description", "message"])
def test_said_in_english_and_korean_and_nowhere_alike(tag: str) -> None:
    texts = [(text.get(LANGUAGE), text.text) for action in ACTIONS.values() for text in action.iter(tag)]
    assert [language for language, _ in texts] == [None, "ko"] * 4
    assert len({text for _, text in texts}) == 8
