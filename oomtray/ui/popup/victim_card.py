"""The card: who goes first and who then, with the one thing to do about it; or what comes in their place.

It has one height in every state, and what it says is shortened before a name is.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.messages import card as words
from oomtray.messages.i18n import tr
from oomtray.risk.assessment import App
from oomtray.risk.certainty import void_by
from oomtray.risk.following import app_of
from oomtray.risk.following import following as following_of
from oomtray.text import printable
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.popup.fitting_label import Fitting, Named, QueueLine
from oomtray.ui.popup.row_shapes import draw_icon, draw_letter
from oomtray.ui.popup.split_button import MarkedButton, SplitButton
from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import scaled, small
from oomtray.ui.qt.glyphs import draw

if TYPE_CHECKING:
    from oomtray.config import Presets
    from oomtray.history.kills import RecordedKill
    from oomtray.risk.assessment import Assessment, LevelName, Risk
    from oomtray.ui.controllers.app_labels import AppLabel, AppLabels
    from oomtray.ui.controllers.row_actions import ActionId
    from oomtray.ui.qt.glyphs import Glyph

_LEAST_HEIGHT, _PAD, _ICON, _INDENT, _AIR = 76, 14, 32, 12, 8
_CORNER = 6.0
_NEWS_SECONDS = 600.0
"""For so long a kill is what the card tells of."""


class VictimCard(QWidget):
    """`chosen` carries an action and the victim; `menu_wanted` the victim and where its menu should open.

    `picked` carries the victim, to be shown in the list.
    """

    chosen = Signal(str, object)
    menu_wanted = Signal(object, QPoint)
    picked = Signal(object)
    resume_wanted = Signal()
    kill_wanted = Signal(int)
    """Carries the number of the recorded kill to tell more of."""
    help_wanted = Signal(str)
    """Carries the page, empty for the one that was read last."""

    def __init__(self, labels: AppLabels, presets: Presets, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.presets = presets
        self._labels = labels
        self._shown: Assessment | None = None
        self._paused = False
        self._kill: RecordedKill | None = None
        self._subject: Subject | None = None
        self._held: Subject | None = None
        """Who was meant when the button went down."""
        self._deed: ActionId = "protect"
        self._level: LevelName = "normal"
        self._icon: QIcon | None = None
        self._glyph: Glyph = "app"
        self._lead = Fitting(self, faint=True)
        self._name = Fitting(self)
        self._detail = Fitting(self, faint=True)
        self._queue = QueueLine(self)
        self._foot = Fitting(self, faint=True)
        self._button = SplitButton(tr("Actions for the next victim"), self)
        self._button.pressed.connect(self._hold)
        self._button.clicked.connect(self._act)
        self._button.menu_wanted.connect(self._open_menu)
        self._other = MarkedButton(self)
        self._other.clicked.connect(self._do_other)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        labels.changed.connect(self._renew)
        self.restyle()
        self._say(words.waiting(), "info", None)

    def show_assessment(self, assessment: Assessment) -> None:
        self._shown = assessment
        self._renew()

    def tell_kill(self, kill: RecordedKill) -> None:
        """Something was killed: told for some minutes once memory is no longer short."""
        self._kill = kill
        self._renew()

    def set_paused(self, *, paused: bool) -> None:
        if paused != self._paused:
            self._paused = paused
            self._renew()

    @Slot()
    def _renew(self) -> None:
        """Say anew what holds now, as after the names have been read."""
        assessment = self._shown
        if assessment is None:
            return
        self._level = "normal" if self._paused else assessment.level.name
        kill = self._lately(assessment)
        if kill is not None:
            self._tell_kill(kill, assessment)
            return
        victim = assessment.victim
        if void_by(assessment) is not None or victim is None:
            self._subject = None
            self._say(words.next_victim(assessment, "", (), None), "info", None)
            self._offer(other=tr("Help") if victim is not None else "")
            return
        app = app_of(assessment, victim.risk)
        label = self._label_of(victim.risk if app is None else app)
        near = self._near(assessment, app, victim.near)
        paused_at = time.time() - (time.monotonic() - assessment.snapshot.at) if self._paused else None
        self._subject = Subject.of_process(victim.risk) if app is None else Subject.of_app(app)
        said = words.next_victim(assessment, label.name, near, app, paused_at=paused_at)
        self._say(said, "app", label.icon, [self._named(one) for one in following_of(assessment)])
        self._offer(other=tr("Resume") if self._paused else "")

    def _lately(self, assessment: Assessment) -> RecordedKill | None:
        """The last kill, while that is the news."""
        kill = self._kill
        if kill is None or self._paused or not kill.event.victims or kill.event.outcome not in ("killed", "likely"):
            return None
        lately = kill.event.time is not None and 0 <= time.time() - kill.event.time < _NEWS_SECONDS
        return kill if lately and assessment.level.name == "normal" else None

    def _tell_kill(self, kill: RecordedKill, assessment: Assessment) -> None:
        self._subject = None
        victim = assessment.victim
        following = []
        if victim is not None and void_by(assessment) is None:
            app = app_of(assessment, victim.risk)
            following = [self._named(victim.risk if app is None else app), *map(self._named, following_of(assessment))]
        dead = kill.event.victims[0]
        said = words.killed(kill.event, printable(dead.app or dead.name), time.time())
        self._say(said, "killed", None, following)
        self._offer(other=tr("Why?") if kill.id else "")

    def _label_of(self, what: App | Risk) -> AppLabel:
        return self._labels.of_app(what) if isinstance(what, App) else self._labels.of_process(what)

    def _named(self, what: App | Risk) -> Named:
        label = self._label_of(what)
        return Named(label.name, label.icon)

    def _near(self, assessment: Assessment, app: App | None, near: tuple[Risk, ...]) -> list[str]:
        """The other apps, or processes, that can't be told from the victim."""
        found: dict[str, str] = {}
        for risk in near:
            other = app_of(assessment, risk)
            if other is None:
                found.setdefault(str(risk.process.pid), self._labels.of_process(risk).name)
            elif app is None or other.key != app.key or other.uid != app.uid:
                found.setdefault(other.key, self._labels.of_app(other).name)
        return list(found.values())

    def _say(self, said: words.CardWords, glyph: Glyph, icon: QIcon | None, following: list[Named] | None = None) -> None:
        self._glyph, self._icon = glyph, icon
        self._lead.set_texts(said.lead)
        self._name.set_texts(said.name)
        self._detail.set_texts(said.detail)
        self._queue.say(said.then, following or ())
        self._foot.set_texts(said.foot)
        self._queue.setVisible(bool(following))
        self._foot.setVisible(not following)
        self._place()
        self.update()

    def _offer(self, other: str = "") -> None:
        """The victim's own buttons, or another in their place; neither where there is nobody."""
        if not other and self._subject is not None and self._shown is not None:
            self._deed = self._best_deed(self._subject)
            name = self._subject.name
            if self._deed == "protect":
                self._button.say(tr("Protect"), tr("Protect {name}", name=name), tr("Let others be killed before it"))
            else:
                self._button.say(tr("Deprioritize"), tr("Deprioritize {name}", name=name), tr("Goes first"))
        self._button.setVisible(not other and self._subject is not None)
        self._other.setText(other)
        self._other.setVisible(bool(other))
        self._place()

    def _best_deed(self, subject: Subject) -> ActionId:
        """While memory is nearly gone, that it goes first; where it does already, as before, that it doesn't."""
        mark = self.presets.deprioritize
        can = any((process.oom_score_adj or 0) < mark for process in subject.processes)
        return "deprioritize" if self._level == "critical" and can else "protect"

    # what a person does

    @Slot()
    def _hold(self) -> None:
        self._held = self._subject

    @Slot()
    def _act(self) -> None:
        if self._held is not None:
            self.chosen.emit(self._deed, self._held)

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        subject = self._held or self._subject
        if subject is not None:
            self.menu_wanted.emit(subject, place)

    @Slot()
    def _do_other(self) -> None:
        kill = None if self._shown is None else self._lately(self._shown)
        if self._paused:
            self.resume_wanted.emit()
        elif kill is not None:
            self.kill_wanted.emit(kill.id)
        else:
            self.help_wanted.emit("")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._subject is not None:
            self.picked.emit(self._subject)
        super().mouseReleaseEvent(event)

    # looks and places

    def restyle(self) -> None:
        for part in (self._lead, self._detail, self._queue, self._foot):
            part.setFont(small(self.font()))
        self._name.setFont(scaled(self.font(), 1.12, bold=True))
        for part in (self._lead, self._detail, self._foot):
            part.tint()
        self.updateGeometry()
        self._place()

    def sizeHint(self) -> QSize:
        lines = 2 * self._lead.fontMetrics().height() + self._name.fontMetrics().height() + 4
        return QSize(400, max(lines + 20, _LEAST_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(300, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange and hasattr(self, "_other"):
            self._place()

    def _place(self) -> None:
        right = self.width() - _PAD
        for button in (self._other, self._button):
            if button.isVisibleTo(self):
                hint = button.sizeHint()
                self._put(button, right - hint.width(), (self.height() - hint.height()) // 2, hint.width(), hint.height())
                right -= hint.width() + _AIR
        left = _PAD + _ICON + _INDENT
        room = max(right - left - _AIR // 2, 0)
        small_line, name_line = self._lead.fontMetrics().height(), self._name.fontMetrics().height()
        top = (self.height() - 2 * small_line - name_line - 4) // 2
        self._put(self._lead, left, top, room, small_line)
        top += small_line + 2
        name = min(self._name.widest, room)
        if name == room:  # a shorter wording of it may leave room
            name = min(self._name.wanted + 2, room)
        self._put(self._name, left, top, name + 1, name_line)
        rest = room - name - _AIR
        fits = rest >= self._detail.wanted
        self._detail.setVisible(fits and bool(self._detail.text()))
        self._put(self._detail, left + name + _AIR, top, max(rest, 0), name_line)
        top += name_line + 2
        for part in (self._queue, self._foot):
            self._put(part, left, top, room, small_line)

    def _put(self, part: QWidget, x: int, y: int, width: int, height: int) -> None:
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            x = self.width() - x - width
        part.setGeometry(QRect(x, y, width, height))

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colours.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        calm = self._level == "normal"
        ground = found.hover if calm else found.wash(self._level)
        edge = ground if calm else colours.blend(found.fill(self._level)[0], ground, 0.6)
        painter.setPen(QPen(found.text if found.stark else edge, 1))
        painter.setBrush(found.ground if found.stark else ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER, _CORNER)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        box = QRect(self.width() - _PAD - _ICON if mirrored else _PAD, (self.height() - _ICON) // 2, _ICON, _ICON)
        if self._icon is not None and not self._icon.isNull():
            draw_icon(painter, self._icon, box, self.devicePixelRatioF())
        elif self._glyph == "app":
            draw_letter(painter, self._name.text(), box, self._name.font(), found)
        else:
            draw(painter, self._glyph, QRectF(box).adjusted(4, 4, -4, -4), found.muted)
        painter.end()
