"""The card: who goes first and who then, with the one thing to do about it; or what comes in their place."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.messages import card as words
from oomtray.messages.i18n import tr
from oomtray.messages.names import app_name, victim_name
from oomtray.risk.certainty import void_by
from oomtray.risk.following import app_of
from oomtray.risk.following import following as following_of
from oomtray.risk.judged import App
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.popup.card_frame import CardFrame
from oomtray.ui.popup.countdown import Countdown, announce
from oomtray.ui.popup.fitting_label import Named
from oomtray.ui.popup.split_button import MarkedButton
from oomtray.ui.qt.field_edges import give_edge

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QResizeEvent

    from oomtray.history.kills import RecordedKill
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import Risk
    from oomtray.risk.step_in import Candidate
    from oomtray.ui.controllers.app_label import AppLabel
    from oomtray.ui.controllers.app_labels import AppLabels

_LEAST_LETTERS = 6
"""Of a name on the button."""
_NEWS_SECONDS = 600.0
"""For so long a kill is what the card tells of."""


class VictimCard(CardFrame):
    """`chosen` carries an action and the victim; `menu_wanted` the victim and where its menu should open.

    `picked` carries the victim, to be shown in the list.
    """

    chosen = Signal(str, object)
    menu_wanted = Signal(object, QPoint)
    picked = Signal(object)
    declined = Signal()
    """The app of the countdown is not to be ended."""
    hurried = Signal()
    """It is to be ended now."""
    resume_wanted = Signal()
    kill_wanted = Signal(int)
    """Carries the number of the recorded kill to tell more of."""
    help_wanted = Signal(str)
    """Carries the page, empty for the one that was read last."""

    def __init__(self, labels: AppLabels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels = labels
        self._shown: Assessment | None = None
        self._paused = False
        self._kill: RecordedKill | None = None
        self._focus_before: QWidget | None = None
        """What had the focus before the answer to the countdown had it."""
        self._subject: Subject | None = None
        self._instead: Risk | None = None
        """Who can be let go in the victim's place."""
        self._does: tuple[str, Subject] | None = None
        """What the button does, and to whom."""
        self._held: tuple[str, Subject] | None = None
        """The same when the button went down, and below it who was the victim then."""
        self._held_victim: Subject | None = None
        self._button.pressed.connect(self._hold)
        self._button.clicked.connect(self._act)
        self._button.menu_wanted.connect(self._open_menu)
        self._other.clicked.connect(self._do_other)
        labels.changed.connect(self._renew)
        self._renew()

    def show_assessment(self, assessment: Assessment, *, instead: Risk | None = None) -> None:
        """`instead`: who can be let go in the victim's place."""
        self._shown, self._instead = assessment, instead
        self._renew()

    def tell_kill(self, kill: RecordedKill) -> None:
        """Something was killed: told for some minutes once memory is no longer short."""
        self._kill = kill
        self._renew()

    def set_paused(self, *, paused: bool) -> None:
        if paused != self._paused:
            self._paused = paused
            self._renew()

    # the countdown

    @property
    def asks(self) -> bool:
        """Whether somebody who sees it can say that an app is not to be ended."""
        return self._countdown is not None and self._countdown.left is not None

    def count_down(self, candidate: Candidate, left: float, whole: float) -> None:
        """Until `end_countdown` the card is the question whether an app is to be ended, in `left` of `whole` seconds."""
        focused = QApplication.focusWidget()
        had_it = focused is not None and self._button.isAncestorOf(focused)
        self._countdown = Countdown(candidate, left, whole)
        self._renew()
        if had_it:  # the button has made room; somebody who types elsewhere is not disturbed
            self._focus_before = focused
            self._other.setFocus()

    def tell_ending(self, candidate: Candidate) -> None:
        """It is being ended: nothing is asked any more, and the card is still about it."""
        self._countdown = Countdown(candidate, None, 1.0)
        self._give_focus_back()
        self._renew()

    def end_countdown(self) -> None:
        """The card is about the next victim again."""
        if self._countdown is not None:
            self._countdown = None
            self._give_focus_back()
            self._renew()

    def focus_answer(self) -> bool:
        """Put the focus on the safe answer to the countdown; False where nothing is asked."""
        if not self.asks:
            return False
        self._focus_before = QApplication.focusWidget()
        self._other.setFocus()
        return True

    def _give_focus_back(self) -> None:
        focused, before, self._focus_before = QApplication.focusWidget(), self._focus_before, None
        if focused is not None and focused in (self._other, self._now) and before is not None:
            self._button.show()  # from which it may have come
            before.setFocus()

    def _tell_countdown(self, countdown: Countdown) -> None:
        assessment, meant = self._shown, countdown.candidate
        app = None if assessment is None else next((one for one in assessment.apps if (one.key, one.uid) == meant.key), None)
        label = None if app is None else self._labels.of_app(app)
        following, is_next = [], False
        if assessment is not None and assessment.victim is not None and void_by(assessment) is None:
            victim = app_of(assessment, assessment.victim.risk) or assessment.victim.risk
            is_next = isinstance(victim, App) and (victim.key, victim.uid) == meant.key
            following = [] if is_next or countdown.left is None else [self._named(victim)]
        name = app_name(meant.app) if label is None else label.name
        said = words.steps_in(name, meant.frees, countdown.left, assessment, is_next=is_next)
        self._subject, self._level = None, "critical"
        self._say(said, "app", None if label is None else label.icon, following)
        self._offer_answers(name)
        if said.spoken != self.accessibleName():
            self.setAccessibleName(said.spoken)
            self.setAccessibleDescription(tr(", ").join((said.lead[0], *said.detail[:1])))
            if self.isVisible():
                announce(self, said.spoken)

    def _offer_answers(self, name: str) -> None:
        # loaded with what steps in, and before that for nobody
        from oomtray.messages import step_in as answers

        if self._now is None:
            self._now = MarkedButton(self)
            give_edge(self._now)
            self._now.clicked.connect(self.hurried)
            self.setTabOrder(self._other, self._now)
        self._now.setText(answers.now())
        self._now.setAccessibleName(answers.end_now(name))
        self._now.setEnabled(self._countdown is not None and self._countdown.may_hurry)
        self._now.setVisible(self.asks)
        self._offer(answers.do_not() if self.asks else "", answers.do_not_end(name), marked=True)

    @Slot()
    def _renew(self) -> None:
        """Say anew what holds now, as after the names have been read."""
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
        said = words.killed(kill.event, victim_name(kill.event.victims[0]), time.time())
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

    def _offer(self, other: str = "", spoken: str = "", *, marked: bool = False) -> None:
        """The victim's own buttons, or another in their place; neither where there is nobody."""
        if not other and self._subject is not None:
            self._offer_to_spare(self._subject)
        self._button.setVisible(not other and self._subject is not None)
        self._other.setText(other)
        self._other.setAccessibleName(spoken)
        self._other.marked = marked
        self._other.setVisible(bool(other))
        self._place()

    def _offer_to_spare(self, victim: Subject) -> None:
        """At each level the button spares the victim, as whoever is on the way to it expects: by what works then."""
        other = None if self._paused or self._shown is None else self._instead
        label = None if other is None else self._label_of(self._app_alone(other) or other)
        text = "" if label is None else self._let_go_in(label.name)
        if other is None or label is None or not text:
            self._does = "protect", victim
            self._button.say(tr("Protect"), tr("Protect {name}", name=victim.name), tr("Let others be killed before it"))
            return
        self._does = "first", Subject.of_process(other)
        hint = words.goes_instead(label.name, victim.name, other)
        self._button.say(text, words.let_go_instead(label.name, victim.name), hint)

    def _app_alone(self, risk: Risk) -> App | None:
        """The app that is this process and no other."""
        app = None if self._shown is None else app_of(self._shown, risk)
        return app if app is not None and len(app.members) == 1 else None

    def _let_go_in(self, name: str) -> str:
        """On the button, in the room that the victim's own name leaves; empty where that is too little to tell whom it hits."""
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

    # what a person does

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
