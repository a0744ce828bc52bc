"""What a warning calls the apps that it names, before any window has learned what is installed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.messages import names, notifications, outlook
from oomtray.risk.assessment import Assessment
from oomtray.risk.growing_apps import GrowingApp
from oomtray.risk.judged import AppId
from oomtray.ui.app.told_names import learn_names
from tests.facts import desktops
from tests.facts.processes import process

ENTRY = "[Desktop Entry]\nType=Application\nName={name}\nName[ko]={korean}\nExec={program}\n"


@pytest.fixture
def installed(tmp_path: Path):
    def install(id_: str, name: str, program: str, korean: str = "") -> dict[str, str]:
        folder = tmp_path / "applications"
        folder.mkdir(exist_ok=True)
        (folder / f"{id_}.desktop").write_text(ENTRY.format(name=name, korean=korean or name, program=program))
        return {"XDG_DATA_DIRS": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "none"), "HOME": "/nonexistent"}

    return install


def of(assessment: Assessment, name: str):
    return next(one for one in assessment.snapshot.processes if one.name == name)


def test_an_app_is_found_by_its_unit(installed) -> None:
    now = desktops.desktop()

    learn_names(now, [of(now, "Web Content")], installed("firefox", "Firefox", "firefox", "파이어폭스") | {"LC_ALL": "ko_KR.UTF-8"})

    victim = next(risk for risk in now.risks if risk.process.name == "Web Content")
    assert names.told_name(now, victim) == "파이어폭스 · Web Content"


@pytest.mark.parametrize(
    ("exe", "program", "told"),
    [
        pytest.param("/usr/bin/slack", "slack", "Slack", id="installed"),
        pytest.param("/opt/slack/slack", "/opt/slack/slack", "Slack", id="the very file"),
        pytest.param("/home/me/slack", "slack", "slack", id="a person's own of that name"),
        pytest.param("/usr/bin/slack", "/usr/bin/slack-desktop", "slack", id="starts another program"),
        pytest.param(None, "slack", "slack", id="program unknown"),
    ],
)
def test_a_program_is_an_app_only_where_its_entry_starts_it(installed, exe: str | None, program: str, told: str) -> None:
    only = process(50, name="slack", exe=exe, rss=1 << 30)
    now = desktops.judged((only,))

    learn_names(now, [only], installed("slack", "Slack", program))

    assert names.told_name(now, now.risks[0]) == told


def test_what_the_popup_has_learned_stays(installed) -> None:
    now = desktops.desktop()
    names.learn_app(next(app for app in now.apps if app.name == "firefox"), "Firefox ESR")

    learn_names(now, [of(now, "Web Content")], installed("firefox", "Firefox", "firefox"))

    victim = next(risk for risk in now.risks if risk.process.name == "Web Content")
    assert names.told_name(now, victim) == "Firefox ESR · Web Content"


def test_the_head_of_the_popup_names_an_app_that_grows_as_its_row_does() -> None:
    grown = desktops.growing(desktops.desktop("warning"), firefox=600)
    names.learn_app(next(app for app in grown.apps if app.name == "firefox"), "Firefox ESR")

    assert outlook.drives(grown)[0].startswith("Firefox ESR grows")


def test_a_script_is_known_by_its_name_alone(installed, tmp_path: Path) -> None:
    one = process(50, start_time=7, name="python3", exe="/usr/bin/python3.11", rss=1 << 30)
    folder = tmp_path / "proc/50"
    folder.mkdir(parents=True)
    (folder / "cmdline").write_bytes(b"python3\0-m\0shop.till\0")
    (folder / "stat").write_text("50 (python3) S " + " ".join(["1"] * 18) + " 7 0")
    now = desktops.judged((one,))
    assert names.told_name(now, now.risks[0]) == "python3.11 · python3"

    learn_names(now, [one], installed("slack", "Slack", "slack"), str(tmp_path / "proc"))

    assert names.told_name(now, now.risks[0]) == "shop.till"
    grows = replace(now, growing=(GrowingApp(AppId("python3.11", "python3.11", "executable", None, 1000), 1e6, (one,), 1.0),))
    assert notifications.grows(grows)[0].startswith("shop.till grows")
    assert outlook.drives(grows)[0].startswith("shop.till grows")


def test_this_program_is_told_by_its_name(installed) -> None:
    own = process(os.getpid(), name="python3", exe="/usr/bin/python3.11", rss=1 << 30)
    now = desktops.judged((own,))

    learn_names(now, [own], installed("slack", "Slack", "slack"))

    assert names.told_name(now, now.risks[0]) == "OOM Tray"
