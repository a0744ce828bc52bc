"""The card: who goes first and who is next, with the main action; or a more important message in its place."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.messages import card as words
from oomtray.messages.i18n import tr
from oomtray.messages.names import app_name, victim_name
from oomtray.risk.certainty import void_by
from oomtray.risk.following import following as following_of
from oomtray.risk.following import shown_app
from oomtray.risk.judged import App, Risk
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.popup.card_frame import CardFrame, Countdown
from oomtray.ui.popup.fitting_label import Named
from oomtray.ui.popup.split_button import MarkedButton
from oomtray.ui.qt import moments
from oomtray.ui.qt.screen_reader import announce

if TYPE_CHECKING:
    from collections.abc import Hashable

    from PySide6.QtGui import QMouseEvent, QResizeEvent

    from oomtray.history.kills import RecordedKill
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.step_in import Candidate
    from oomtray.ui.controllers.app_label import AppLabel
    from oomtray.ui.controllers.app_labels import AppLabels

_LEAST_LETTERS = 6
"""Least characters of a name on the button."""
_NEWS_SECONDS = 600.0
"""How long the card reports a kill, in seconds."""


class VictimCard(CardFrame):
    """Shows the next victim.

    `chosen` carries an action and its subject, `menu_wanted` the victim and where its menu opens, `picked`
    the victim, to show it in the list.
    """

    chosen = Signal(str, object)
    menu_wanted = Signal(object, QPoint)
    picked = Signal(object)
    declined = Signal()
    """The user refuses that the countdown's app is ended."""
    hurried = Signal()
    """The user wants it ended now."""
    resume_wanted = Signal()
    kill_wanted = Signal(int)
    """Carries the id of a recorded kill to explain."""
    help_wanted = Signal(str)
    """Carries the help topic, empty for the last one read."""

    def __init__(self, labels: AppLabels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels = labels
        self._shown: Assessment | None = None
        self._paused = False
        self._kill: RecordedKill | None = None
        self._focus_before: QWidget | None = None
        """What had the focus before the countdown's answer got it."""
        self._subject: Subject | None = None
        self._called = ""
        """The subject's name as shown."""
        self._instead: Risk | None = None
        """Who can be let go in the victim's place."""
        self._does: tuple[str, Subject] | None = None
        """The button's action and subject."""
        self._held: tuple[str, Subject] | None = None
        """The same when the button went down; the next field is the victim at that time."""
        self._held_victim: Subject | None = None
        self._button.pressed.connect(self._hold)
        self._button.clicked.connect(self._act)
        self._button.menu_wanted.connect(self._open_menu)
        self._other.clicked.connect(self._do_other)
        labels.changed.connect(self._renew)
        self._renew()

    def show_assessment(self, assessment: Assessment, *, instead: Risk | None = None) -> None:
        """Show an assessment; `instead` is who can be let go in the victim's place."""
        self._shown, self._instead = assessment, instead
        self._renew()

    def tell_kill(self, kill: RecordedKill) -> None:
        """Report a kill, for some minutes once memory is no longer short."""
        self._kill = kill
        self._renew()

    def set_paused(self, *, paused: bool) -> None:
        if paused != self._paused:
            self._paused = paused
            self._renew()

    # countdown

    @property
    def asks(self) -> bool:
        """Whether the card currently offers to refuse that an app is ended."""
        return self._countdown is not None and self._countdown.left is not None

    def count_down(self, candidate: Candidate, left: float, whole: float) -> None:
        """Show, until `end_countdown`, the question whether to end an app in `left` of `whole` seconds."""
        focused = QApplication.focusWidget()
        had_it = focused is not None and self._button.isAncestorOf(focused)
        self._countdown = Countdown(candidate, left, whole)
        self._renew()
        if had_it:  # the focused button was hidden; who types elsewhere isn't disturbed
            self._focus_before = focused
            self._other.setFocus()

    def tell_ending(self, candidate: Candidate) -> None:
        """Show that it is being ended, without a question."""
        self._countdown = Countdown(candidate, None, 1.0)
        self._give_focus_back()
        self._renew()

    def end_countdown(self) -> None:
        """Show the next victim again."""
        if self._countdown is not None:
            self._countdown = None
            self._give_focus_back()
            self._renew()

    def focus_answer(self) -> None:
        """Focus the countdown's safe answer, if anything is asked."""
        if self.asks:
            self._focus_before = self.window().focusWidget()
            self._other.setFocus()

    def _give_focus_back(self) -> None:
        focused, before, self._focus_before = QApplication.focusWidget(), self._focus_before, None
        if focused is not None and focused in (self._other, self._now) and before is not None:
            self._button.show()  # the focus may have come from it
            before.setFocus()

    def _tell_countdown(self, countdown: Countdown) -> None:
        assessment, meant = self._shown, countdown.candidate
        app = None if assessment is None else next((one for one in assessment.apps if (one.key, one.uid) == meant.key), None)
        label = None if app is None else self._labels.of_app(app)
        following, is_next = [], False
        if assessment is not None and assessment.victim is not None and void_by(assessment) is None:
            victim = shown_app(assessment, assessment.victim.risk) or assessment.victim.risk
            is_next = isinstance(victim, App) and (victim.key, victim.uid) == meant.key
            following = [] if is_next or countdown.left is None else [self._named(victim)]
        name = app_name(meant.app) if label is None else label.name
        said = words.steps_in(name, meant.frees, countdown.left, assessment, is_next=is_next)
        self._subject, self._level = None, "critical"
        self._say(said, "app", None if label is None else label.icon, following, called=name)
        self._offer_answers(name)
        if said.spoken != self.accessibleName():
            self.setAccessibleName(said.spoken)
            self.setAccessibleDescription(tr(", ").join((said.lead[0], *said.detail[:1])))
            announce(self, said.spoken, interrupts=True)

    def _offer_answers(self, name: str) -> None:
        # imported by the stepping-in code, and not needed before
        from oomtray.messages import step_in as answers

        if self._now is None:
            self._now = MarkedButton(self)
            self._now.clicked.connect(self.hurried)
            self.setTabOrder(self._other, self._now)
        self._now.setText(answers.now())
        self._now.setAccessibleName(answers.end_now(name))
        self._now.setEnabled(self._countdown is not None and self._countdown.may_hurry)
        self._now.setVisible(self.asks)
        self._offer(answers.do_not() if self.asks else "", answers.do_not_end(name), marked=True)

    @Slot()
    def _renew(self) -> None:
        """Update everything, as after new names were read."""
        if self._countdown is not None:
            self._tell_countdown(self._countdown)
            return
        if self.accessibleName():
            self.setAccessibleName("")
            self.setAccessibleDescription("")
        if self._now is not None:
            self._now.hide()
        assessment = self._shown
        if assessment is None:
            self._level = "normal"
            self._say(words.waiting(), "info", None)
            self._offer()
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
        app = shown_app(assessment, victim.risk)
        label = self._label_of(victim.risk if app is None else app)
        name, *near = words.set_apart([(label.name, victim.risk.process.pid), *self._near(assessment, app, victim.near)])
        self._called = name
        # the first use of a time of day imports datetime: not while memory is too short to read it
        read_at = moments.clock(assessment.snapshot.time) if self._paused else None
        self._subject = Subject.of_process(victim.risk) if app is None else Subject.of_app(app)
        said = words.next_victim(assessment, name, near, app, paused_at=read_at)
        self._say(said, "app", label.icon, [self._named(one) for one in following_of(assessment)])
        self._offer(other=tr("Resume") if self._paused else "")

    def _lately(self, assessment: Assessment) -> RecordedKill | None:
        """Return the last kill while it is news."""
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
            app = shown_app(assessment, victim.risk)
            following = [self._named(victim.risk if app is None else app), *map(self._named, following_of(assessment))]
        said = words.killed(kill.event, victim_name(kill.event.victims[0]), time.time())
        self._say(said, "killed", None, following)
        self._offer(other=tr("Why?") if kill.id else "")

    def _label_of(self, what: App | Risk) -> AppLabel:
        return self._labels.of_app(what) if isinstance(what, App) else self._labels.of_process(what)

    def _named(self, what: App | Risk) -> Named:
        label = self._label_of(what)
        return Named(label.name, label.icon)

    def _near(self, assessment: Assessment, app: App | None, near: tuple[Risk, ...]) -> list[tuple[str, int]]:
        """Return the names of other apps or processes that can't be told from the victim, each with the PID meant."""
        found: dict[Hashable, tuple[str, int]] = {}
        for risk in near:
            other, pid = shown_app(assessment, risk), risk.process.pid
            if other is None:
                found.setdefault(pid, (self._labels.of_process(risk).name, pid))
            elif app is None or other.key != app.key or other.uid != app.uid:
                found.setdefault((other.key, other.uid), (self._labels.of_app(other).name, pid))
        return list(found.values())

    def _offer(self, other: str = "", spoken: str = "", *, marked: bool = False) -> None:
        """Show the victim's buttons, or another button in their place; none if there is no victim."""
        if not other and self._subject is not None:
            self._offer_to_spare(self._subject)
        self._button.setVisible(not other and self._subject is not None)
        if not other and self._other.hasFocus() and self._button.isVisible():
            self._button.main.setFocus()  # which took its place
        self._other.setText(other)
        self._other.setAccessibleName(spoken)
        self._other.marked = marked
        self._other.setVisible(bool(other))
        self._place()

    def _offer_to_spare(self, victim: Subject) -> None:
        """Set the button to spare the victim at every level, as users expect, by whatever works at that level."""
        other = None if self._paused or self._shown is None else self._instead
        label = None if other is None else self._label_of(self._app_alone(other) or other)
        text = "" if label is None else self._let_go_in(label.name)
        if other is None or label is None or not text:
            self._does = "protect", victim
            called = self._called or victim.name
            hint = tr("Let others be killed before {name}", name=called)
            self._button.say(tr("Protect"), tr("Protect {name}", name=called), hint)
            return
        self._does = "first", Subject.of_process(other)
        hint = words.goes_instead(label.name, victim.name, other)
        self._button.say(text, words.let_go_instead(label.name, victim.name), hint)

    def _app_alone(self, risk: Risk) -> App | None:
        """Return the app of a process if it has no other processes."""
        app = None if self._shown is None else shown_app(self._shown, risk)
        return app if app is not None and len(app.members) == 1 else None

    def _let_go_in(self, name: str) -> str:
        """Return the button's text as fits beside the victim's name, or "" if its name would be unrecognizable."""
        wide = self._button.main.fontMetrics().horizontalAdvance
        room = self.room_beside_name(tr("First to go"))
        if wide(words.let_go(name)) <= room:
            return words.let_go(name)
        left = room - wide(words.let_go(""))
        if left < wide("n" * _LEAST_LETTERS):
            return ""
        return words.let_go(self._button.main.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, left))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._instead is not None and self._countdown is None:
            self._renew()

    # user actions

    @Slot()
    def _hold(self) -> None:
        self._held, self._held_victim = self._does, self._subject

    @Slot()
    def _act(self) -> None:
        if self._held is not None:
            self.chosen.emit(*self._held)

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        subject = self._held_victim or self._subject
        if subject is not None:
            self.menu_wanted.emit(subject, place)

    @Slot()
    def _do_other(self) -> None:
        kill = None if self._shown is None else self._lately(self._shown)
        if self._countdown is not None:
            self.declined.emit()
        elif self._paused:
            self.resume_wanted.emit()
        elif kill is not None:
            self.kill_wanted.emit(kill.id)
        else:
            self.help_wanted.emit("")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._subject is not None:
            self.picked.emit(self._subject)
        super().mouseReleaseEvent(event)
