"""Desktops for the tests, and a picture of each that a test failed on."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.desktop.app import App
from tests.rigs.desktop.session import Desktop

HERE = Path(__file__).parent
PICTURES = HERE.parents[1] / "build/failures"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.desktop)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed:
        for desk in getattr(item, "funcargs", {}).values():
            if isinstance(desk, Desktop):
                picture = PICTURES / f"{item.name}.png"
                desk.screenshot(picture)
                report.sections.append(("desktop", f"picture: {picture}\n{desk.logs()}"))
    return report


@pytest.fixture
def desk() -> Iterator[Desktop]:
    """Xfce's panel and notifications."""
    with Desktop() as desktop:
        yield desktop


@pytest.fixture
def accessible_desk() -> Iterator[Desktop]:
    """One that tells what a screen reader would find."""
    with Desktop(accessible=True) as desktop:
        yield desktop


@pytest.fixture
def app(desk: Desktop) -> App:
    return App(desk)


@pytest.fixture
def xembed_desk() -> Iterator[Desktop]:
    """A tray that knows no StatusNotifierItem."""
    with Desktop(panel="trayer") as desktop:
        yield desktop


@pytest.fixture
def trayless_desk() -> Iterator[Desktop]:
    """No tray at all, as in a GNOME without its extension."""
    with Desktop(panel=None) as desktop:
        yield desktop
