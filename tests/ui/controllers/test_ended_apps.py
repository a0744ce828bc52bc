"""What has ended has the icon of the app that it was, found by its unit, its program or its name, else a sign of its own."""

from __future__ import annotations

import pytest

from oomtray.desktop.app_entries import AppEntries
from oomtray.desktop.app_entry import AppEntry
from oomtray.ui.controllers.installed_apps import Ended, entry_of_ended, sign_of_ended


def entry(id_: str, program: str | None = None) -> AppEntry:
    return AppEntry(id=id_, name=id_, icon=id_, program=program, plain=True, wm_class=None, shown=True)


ENTRIES = AppEntries([entry("org.mozilla.firefox", "firefox"), entry("slack", "slack"), entry("python", "python3")], path="/none")
CONTAINER = f"docker-{'a' * 64}.scope"


@pytest.mark.parametrize(
    ("ended", "id_"),
    [
        (Ended("Web Content", unit="app-gnome-org.mozilla.firefox-77.scope"), "org.mozilla.firefox"),
        (Ended("Web Content", exe="/usr/lib/firefox/firefox"), "org.mozilla.firefox"),
        (Ended("slack"), "slack"),
        (Ended("Web Content", app="Slack"), "slack"),
        (Ended("slack", unit=CONTAINER), None),
        (Ended("slack", unit="slack.service"), "slack"),
        (Ended("slack", unit="other.service"), None),
        (Ended("python3", exe="/usr/bin/python3"), None),
        (Ended("Web Content"), None),
        (Ended(""), None),
    ],
    ids=["unit", "program", "name", "app", "container", "service", "other-service", "interpreter", "unknown", "nameless"],
)
def test_its_app_is_found_by_what_was_kept_of_it(ended: Ended, id_: str | None) -> None:
    found = entry_of_ended(ENTRIES, ended)
    assert (found and found.id) == id_


@pytest.mark.parametrize(
    ("ended", "sign"),
    [
        (Ended("web", unit=CONTAINER), "container"),
        (Ended("mysqld", unit="mysql.service"), "database"),
        (Ended("worker", app="shop", unit="shop.service"), "service"),
        (Ended("python3"), "terminal"),
        (Ended("train.py"), "terminal"),
        (Ended("hog"), "letter"),
    ],
)
def test_what_is_no_app_has_a_sign_of_its_kind(ended: Ended, sign: str) -> None:
    assert sign_of_ended(ended) == sign
