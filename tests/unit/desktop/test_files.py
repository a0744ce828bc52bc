"""The desktop file and the AppStream metadata hold to their specifications and say the same."""

from __future__ import annotations

import configparser
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from oomtray import APP_ID, __version__
from tests.rigs.processes.programs import need_programs

ROOT = Path(__file__).parents[3]
DESKTOP = ROOT / "resources" / f"{APP_ID}.desktop"
METAINFO = ROOT / "resources" / f"{APP_ID}.metainfo.xml"


@pytest.fixture(scope="module")
def entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DESKTOP, encoding="utf-8")
    return parser["Desktop Entry"]


@pytest.fixture(scope="module")
def component() -> ET.Element:
    return ET.parse(METAINFO).getroot()


def test_the_desktop_file_is_valid() -> None:
    need_programs({"desktop-file-validate": "desktop-file-utils"})
    done = subprocess.run(["desktop-file-validate", DESKTOP], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_description_is_valid() -> None:
    need_programs({"appstreamcli": "appstream"})
    command = ["appstreamcli", "validate", "--no-net", "--explain", METAINFO]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    found = [line for line in done.stdout.splitlines() if line.startswith(("E:", "W:", "I:"))]
    assert found == []


def test_both_speak_of_the_same_program(entry: configparser.SectionProxy, component: ET.Element) -> None:
    assert component.findtext("id") == APP_ID
    assert component.findtext("launchable") == DESKTOP.name
    assert component.findtext("name") == entry["Name"]
    assert component.findtext("provides/binary") == entry["Exec"]
    assert component.findtext("provides/dbus") == APP_ID
    assert entry["Icon"] == APP_ID
    assert {c.text for c in component.iterfind("categories/category")} == set(
        entry["Categories"].split(";")
    ) - {""}


def test_the_program_is_one_that_gets_installed(entry: configparser.SectionProxy) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert entry["Exec"] in project["scripts"]
    assert entry["TryExec"] == entry["Exec"]


def test_the_newest_release_is_this_one(component: ET.Element) -> None:
    assert next(release.get("version") for release in component.iterfind("releases/release")) == __version__
