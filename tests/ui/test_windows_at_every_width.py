"""Windows at any width: what stands in them settles, has one arrangement for each width, and lies on nothing else.

A seeded slice: `OOMTRAY_WIDTHS=1` goes through every third pixel instead.
"""

from __future__ import annotations

import os
import random

import pytest
from PySide6.QtWidgets import QAbstractScrollArea, QAbstractSlider, QApplication, QLabel, QWidget

from oomtray.config import Settings
from oomtray.risk.step_in import Candidate
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Report
from oomtray.ui.popup.popup import Popup
from oomtray.ui.qt.labels import Line, Plain
from tests.facts import desktops
from tests.ui import dialog_gallery
from tests.ui.gallery_list import story
from tests.ui.reports import PASSWORD, UNDO, offers
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NARROWEST, WIDEST = 380, 780  # of the screen that there is offscreen
TURNS = 6


@pytest.fixture(params=[10, 18], ids=["10pt", "18pt"])
def points(request, qapp):
    with text_size(request.param):
        yield request.param


def popup(kind):
    made = Popup(ChangeController(Settings().actions), Settings())
    now = desktops.watched() if kind == "another killer" else story("critical")
    made.open(None)
    made.show_assessment(now)
    if kind == "countdown":
        app = next(app for app in now.apps if app.key == "slack")
        made.card.count_down(Candidate(app, tuple(risk.process for risk in app.members), 1 << 29), 12.0, 15.0)
    if kind == "message":
        made.message.tell(Report("part", "cc1plus: 3 processes lowered to +100, not to -500. " * 2, offers(PASSWORD, UNDO)))
    return made


WINDOWS = {kind: lambda kind=kind: popup(kind) for kind in ("list", "another killer", "countdown", "message")}
WINDOWS |= {name: dialog_gallery.SCENES[name] for name in ("explain-oomd", "value", "rule", "unit", "fits", "drill")}


@pytest.mark.parametrize("name", WINDOWS)
def test_it_settles_in_one_arrangement_and_nothing_overlaps(qtbot, points, name):
    window = WINDOWS[name]()
    qtbot.addWidget(window)
    window.show()
    settle()
    height = window.height()
    seen = {}

    for width in (window.minimumWidth(), *widths(name)):
        window.resize(width, height)
        settle()
        found = arrangement(window)
        assert overlaps(window) == []
        assert cut(window) == []
        settle()
        assert arrangement(window) == found, "it moved by itself"
        assert seen.setdefault((window.width(), window.height()), found) == found, "two arrangements of one size"
    window.close()


def widths(name):
    """Wider and narrower, some of them twice."""
    if os.environ.get("OOMTRAY_WIDTHS"):
        up = [*range(NARROWEST, WIDEST, 3)]
        return [*up, *reversed(up)]
    some = random.Random(name).sample(range(NARROWEST, WIDEST), 3)
    return [*some, *reversed(some[:-1])]


def settle():
    for _ in range(TURNS):
        QApplication.processEvents()


def shown(within):
    return [part for part in within.children() if isinstance(part, QWidget) and part.isVisible() and not part.isWindow()]


def everything(window):
    parts = [window, *(part for part in window.findChildren(QWidget) if part.isVisible() and part.window() is window)]
    return [part for part in parts if not isinstance(part, QAbstractSlider)]


def arrangement(window):
    return [(type(part).__name__, part.geometry().getRect()) for part in everything(window)[1:]]


def overlaps(window):
    found = []
    for within in everything(window):
        if isinstance(within, QAbstractScrollArea):
            continue  # what it shows lies below its bars' containers
        parts = shown(within)
        pairs = ((one, other) for number, one in enumerate(parts) for other in parts[number + 1 :])
        found += [(told(one), told(other)) for one, other in pairs if not one.geometry().intersected(other.geometry()).isEmpty()]
    return found


def cut(window):
    """Labels that show less than they say, and aren't made to."""
    labels = [part for part in everything(window) if isinstance(part, QLabel) and part.text() and part.width()]
    wrapped = [label for label in labels if label.wordWrap() and label.height() < label.heightForWidth(label.width())]
    whole = [label for label in labels if type(label) in (Plain, Line) and not label.wordWrap()]
    return [told(label) for label in (*wrapped, *(one for one in whole if one.width() + 1 < one.sizeHint().width()))]


def told(part):
    text = getattr(part, "text", None)
    return f"{type(part).__name__} {str(text())[:40] if callable(text) else ''}"
