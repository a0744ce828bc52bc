"""A list as an installed desktop shows it, with names and icons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.config import Settings
from oomtray.risk.assessment import Assessment
from oomtray.risk.judged import App, Risk
from oomtray.ui.controllers.app_label import AppLabel
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.popup.popup import Popup
from tests.facts import MIB, desktops
from tests.facts.processes import process
from tests.ui.gallery import LIGHT

CONTRAST = {**LIGHT, "Window": "#000000", "WindowText": "#ffffff", "Base": "#000000", "Text": "#ffffff", "Button": "#000000",
            "ButtonText": "#ffffff", "Highlight": "#ffff00", "HighlightedText": "#000000", "PlaceholderText": "#ffffff"}  # fmt: skip

NAMES = {
    "slack": ("Slack", "", "#7a5aa8"),
    "train": ("train.py", "python3 · ~/lab", "#48684d"),
    "firefox": ("Firefox", "", "#c8602c"),
    "code": ("VS Code", "", "#2f6fa8"),
    "gradle": ("Gradle daemon", "java · ~/shop", "#8a5a3a"),
    "mariadb.service": ("MariaDB", "", "#5c6672"),
}
"""By key: name, second line, color of the icon."""


def drawn_icon(color: str) -> QIcon:
    pixmap = QPixmap(48, 48)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(QRectF(2, 2, 44, 44), 9, 9)
    painter.setBrush(QColor("white"))
    painter.drawEllipse(QPointF(24, 24), 8, 8)
    painter.end()
    return QIcon(pixmap)


class Named(AppLabels):
    """Names and icons as an installed desktop has them."""

    def __init__(self) -> None:
        super().__init__()
        self._icons = {key: drawn_icon(color) for key, (_, _, color) in NAMES.items()}

    def of_app(self, app: App) -> AppLabel:
        if app.key not in NAMES:
            return super().of_app(app)
        name, detail, _ = NAMES[app.key]
        return AppLabel(name, detail, self._icons[app.key])

    def of_process(self, risk: Risk) -> AppLabel:
        plain = super().of_process(risk)
        return AppLabel(plain.name, plain.detail, None)


USER = desktops.USER


def story(level: str = "normal", step: int = 0) -> Assessment:
    """The machine of the design's pictures."""
    made = []
    pid = 3000

    def add(unit: str, name: str, held: int, adj: int, count: int, ppid: int = 1, uid: int = 1000) -> None:
        nonlocal pid
        leader = pid
        for n in range(count):
            cgroup = unit if unit.startswith("/") else f"{USER}/app.slice/{unit}"
            made.append(
                process(pid, name=name, uid=uid, rss=held * MIB, rss_anon=held * MIB * 9 // 10, oom_score_adj=adj,
                        ppid=ppid if not n else leader, session=leader, cgroup=cgroup, unit_cgroup=cgroup,
                        exe=f"/usr/bin/{name}")
            )  # fmt: skip
            pid += 7

    add("app-slack-1.scope", "slack", 90, 0, 3)
    add("app-slack-1.scope", "slack", 261, 300, 1)
    add("app-firefox-2.scope", "firefox", 640, 0, 1)
    add("app-firefox-2.scope", "Web Content", 160, 233, 13)
    add("app-code-3.scope", "code", 180, 200, 9)
    add("app-train-4.scope", "train", 5300 if level != "normal" else 2900 + 40 * step, 0, 1)
    add("app-gradle-5.scope", "gradle", 1300, 0, 1)
    for n in range(30):
        add(f"app-small{n}-{n + 10}.scope", f"small{n}", 20 + n * 3, 0, 1)
    add("/system.slice/mariadb.service", "mariadbd", 481, -600, 1, uid=100)
    return desktops.judged(tuple(made), level, step=step)  # type: ignore[arg-type]


def take(save: Callable[[str, QWidget], None], tone: str) -> None:
    """The list alone at all widths, a row under the pointer."""
    for width in (440, 520, 640, 900, 1400):
        assessment = story("warning" if width in (520, 900) else "normal")
        popup = Popup(ChangeController(Settings().actions), Settings())
        popup.labels = popup.model.labels = Named()
        popup.resize(width, 600)
        popup.open(None)
        popup.show_assessment(assessment)
        QApplication.processEvents()
        popup.show_assessment(story(assessment.level.name, 9))
        row = popup.table.visualRect(popup.model.index(1, 0))
        QTest.mouseMove(popup.table.viewport(), QPoint(row.left() + 60, row.center().y()))
        save(f"list-{width}-{tone}", popup)
        popup.hide()
