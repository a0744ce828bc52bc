"""What is open when the desktop turns dark looks as if it had been opened then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot

from oomtray.risk.step_in import COUNTDOWN, Candidate
from oomtray.ui.controllers.report import Report
from oomtray.ui.controllers.rule_list import RuleList
from oomtray.ui.popup.header import Header
from oomtray.ui.popup.message_bar import MessageBar
from oomtray.ui.popup.popup import Popup
from oomtray.ui.popup.victim_card import VictimCard
from oomtray.ui.qt.field_edges import give_edges
from oomtray.ui.qt.preview_lines import PreviewLines
from oomtray.ui.qt.question import ask
from oomtray.ui.settings.bars import WarningSign
from oomtray.ui.settings.rule_editor import RuleEditor
from tests.facts import desktops
from tests.ui.gallery import DARK, LIGHT, Gallery, palette
from tests.ui.looks import looks
from tests.ui.parts import the
from tests.ui.reports import UNDO, offers
from tests.ui.rules_file import rule_controller
from tests.ui.settings_gallery import BROKEN, SettingsGallery

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(autouse=True)
def _as_before(qapp: QApplication) -> Iterator[None]:
    with looks(LIGHT, "Fusion"):
        yield


def _popup(directory: Path) -> Popup:
    return Gallery(directory).popup(desktops.desktop("critical"))


def _report(directory: Path) -> QWidget:
    popup = _popup(directory)
    popup.message.tell(Report("done", "Slack was deprioritized.", offers(UNDO)))
    return popup


def _stepping_in(directory: Path) -> QWidget:
    popup, now = _popup(directory), desktops.desktop("critical")
    app = next(app for app in now.apps if app.key == "slack")
    popup.card.count_down(Candidate(app, tuple(risk.process for risk in app.members), 612 << 20), 12.0, COUNTDOWN)
    return popup


def _question(_directory: Path) -> QWidget:
    return ask(None, "History", "Clear it?", adds="This can't be undone.", action="Clear", then=lambda: None)


def _wrong_rule(directory: Path) -> QWidget:
    editor = RuleEditor(RuleList(rule_controller(directory, "")), None, None)
    editor.show()
    editor.fields["exe"].setEditText("firefox")
    editor.foresee()
    return editor


def _mistake(directory: Path) -> QWidget:
    window = SettingsGallery(directory, lambda _name, _window: None).window(BROKEN)
    window.show()
    return window


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (_popup, Header),
        (_report, MessageBar),
        (_stepping_in, VictimCard),
        (_question, QDialogButtonBox),
        (_wrong_rule, PreviewLines),
        (_mistake, WarningSign),
    ],
)
def test_its_picture_is_that_of_what_opens_in_the_dark(
    qtbot: QtBot, tmp_path: Path, make: Callable[[Path], QWidget], part: type[QWidget]
) -> None:
    shown = make(tmp_path)
    qtbot.addWidget(shown)
    light = _picture(the(part, shown))
    QApplication.setPalette(palette(DARK))
    opened = make(tmp_path)
    qtbot.addWidget(opened)

    assert _picture(the(part, shown)) == _picture(the(part, opened)) != light


def test_a_questions_buttons_have_their_edges_though_nothing_else_opens(qtbot: QtBot, tmp_path: Path) -> None:
    question = _question(tmp_path)
    qtbot.addWidget(question)
    QApplication.setPalette(palette(DARK))
    at_once = _picture(the(QDialogButtonBox, question))

    give_edges()

    assert _picture(the(QDialogButtonBox, question)) == at_once


def _picture(widget: QWidget) -> QImage:
    for _ in range(4):
        QApplication.processEvents()
    return widget.grab().toImage()
