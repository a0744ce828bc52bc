"""The popup: the state of memory, who is next, the rows, and reports and actions below them."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oomtray.messages import memory as words
from oomtray.messages.i18n import tr
from oomtray.monitor import Attention
from oomtray.ui.controllers import row_actions
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.controllers.background_reading import BackgroundReading, freed_bytes, memory_sharers
from oomtray.ui.popup import saved_state as state
from oomtray.ui.popup.footer import Footer
from oomtray.ui.popup.header import Header
from oomtray.ui.popup.low_layout import LowLayout
from oomtray.ui.popup.message_bar import MessageBar
from oomtray.ui.popup.note_line import NoteLine
from oomtray.ui.popup.popup_window import PopupWindow
from oomtray.ui.popup.process_model import ProcessModel
from oomtray.ui.popup.process_view import ProcessView
from oomtray.ui.popup.row_menu import RowMenu, copied
from oomtray.ui.popup.row_watch import RowWatch
from oomtray.ui.popup.row_words import is_whole
from oomtray.ui.popup.victim_card import VictimCard
from oomtray.ui.popup.whole_rows import WholeRows
from oomtray.ui.qt.buttons import forget_pointer
from oomtray.ui.qt.field_edges import give_edges
from oomtray.ui.qt.fonts import WIDER, by_text, small
from oomtray.ui.qt.help_key import ask_by_f1
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.log_drop import LogDrop

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.config import Settings
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import Risk
    from oomtray.ui.controllers.changes import ChangeController
    from oomtray.ui.controllers.row_actions import ActionId, Subject

_USUAL = QSize(state.PopupState().width, state.PopupState().height)
_OVERDUE_INTERVALS, _OVERDUE_SECONDS = 1.5, 1.0
"""Numbers are overdue after this many scan intervals plus this many seconds."""


class Popup(PopupWindow):
    """The main window; `attention_changed` asks to call `attention` again, `pause_wanted` carries the switch.

    `dialog_wanted` carries a permanent change's action and subject, `profiles_wanted` a rule profile's name.
    """

    attention_changed = Signal()
    pause_wanted = Signal(bool)
    dialog_wanted = Signal(str, object)
    profiles_wanted = Signal(str)
    fits_wanted = Signal()
    kills_wanted = Signal()
    kill_wanted = Signal(int)
    """Carries the id of a recorded kill to explain."""
    history_wanted = Signal()
    settings_wanted = Signal()
    drill_wanted = Signal()
    help_wanted = Signal(str)
    """Carries the help topic, empty for the last one read."""
    expendable_wanted = Signal(object)
    """Carries the subject whose mark is to be toggled."""

    def __init__(self, controller: ChangeController, settings: Settings, *, uid: int | None = None) -> None:
        super().__init__()
        self.changes = controller
        self.settings = settings
        self.labels = AppLabels(self)
        self._paused = False
        self.assessment: Assessment | None = None
        """The assessment on screen."""
        self._read_at = math.inf
        self._say_outdated: Callable[[], None] | None = None
        self._notices: list[str] = []
        self._why_standalone: str | None = None
        self._uid = uid
        self._left = state.load(state.directory())
        self.setWindowTitle("OOM Tray")
        self._build(uid)
        self._connect()
        by_app = settings.rows.show == "apps" if self._left.by_app is None else self._left.by_app
        self._footer.set_choices(by_app=by_app, mine=self._left.mine)
        self.header.pin.setChecked(self._left.pinned)
        self.table.sort_by(self._left.column, self._left.descending)
        self._usual = by_text(_USUAL, self.font(), WIDER)
        size = QSize(self._left.width, self._left.height)
        self.resize(self._usual if size == _USUAL else size)
        self._restyle()

    def _build(self, uid: int | None) -> None:
        self._notice = Plain("", self, wraps=True)
        self._notice.hide()
        self.header = Header(self)
        self.card = VictimCard(self.labels, self)
        self.note_line = NoteLine(self)
        self.message = MessageBar(self)
        self.model = ProcessModel(self.labels, self, uid=uid)
        self.table = ProcessView(self.model, self)
        self._column = column = QVBoxLayout(self)
        self._rows = WholeRows(self.table, column, (self.note_line, self._notice, self.message), self)
        self._footer = Footer(self)
        self.menu = RowMenu(self.labels, self)
        self.gives_back = BackgroundReading(freed_bytes, self)
        self.shared_memory = BackgroundReading(memory_sharers, self)
        self.log_drop = LogDrop(self)
        self._watch = RowWatch(self.model, self.table, self.menu, self)
        # what comes and goes is below the rows, which must not move under the pointer
        self.setTabOrder(self.table, self.table.order_button)
        self.message.follow(self.table.order_button)
        parts = self.header, self.card, self.note_line, self._rows, self._notice, self.message, self._footer
        for part in parts:
            column.addWidget(part, int(part is self._rows))
        self._layout = LowLayout(column, parts, (self.header.gauges, self._rows, self.card, self.message))

    def _connect(self) -> None:
        self._watch.changed.connect(self.attention_changed)
        self._watch.released.connect(self._rows_released)
        self._watch.menu_closed.connect(self._mind_focus)
        self.header.pin.toggled.connect(self._pin)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.acted.connect(self._chosen)
        self.table.typed.connect(self._footer.type)
        self.note_line.picked.connect(self._find)
        self.header.fitted.connect(self.card.keep_name_to)
        self.card.menu_wanted.connect(self._open_menu)
        self.card.chosen.connect(self._chosen)
        self.card.kill_wanted.connect(self.kill_wanted)
        self.card.resume_wanted.connect(partial(self.pause_wanted.emit, False))
        self.card.help_wanted.connect(self.help_wanted)
        self.card.picked.connect(self._find)
        self.menu.chosen.connect(self._chosen)
        self.changes.origins_told.connect(self.menu.take_origins)
        self.gives_back.told.connect(self.menu.take_gives_back)
        self.shared_memory.told.connect(self.menu.take_sharing)
        self._footer.edit.textChanged.connect(self._filter)
        self._footer.edit.left.connect(self.table.take_keys)
        self._footer.edit.entered.connect(self.table.take_keys)
        self._footer.mine.toggled.connect(self._show_mine)
        self._footer.by_app.toggled.connect(self._show_by_app)
        self._footer.history.clicked.connect(self.history_wanted)
        self._footer.settings.clicked.connect(self.settings_wanted)
        self._footer.help.clicked.connect(lambda: self.help_wanted.emit(""))
        self._footer.menu_opens.connect(self._offer_to_forget)
        self._footer.orders.aboutToShow.connect(self._show_sorting)
        self._footer.sort_wanted.connect(self.table.sort_as_by_click)
        self._footer.pause.triggered.connect(self.pause_wanted)
        self._footer.kills.triggered.connect(self.kills_wanted)
        self._footer.fits.triggered.connect(self.fits_wanted)
        self._footer.profiles.triggered.connect(lambda: self.profiles_wanted.emit("all"))
        self._footer.drill.triggered.connect(self.drill_wanted)
        self._footer.forget.triggered.connect(self.changes.permission.forget)
        self._footer.keys.triggered.connect(lambda: self.help_wanted.emit("keys"))
        self.changes.reported.connect(self.message.tell)
        self.changes.counted.connect(self.message.reword)
        self.changes.busy.connect(self.set_waits)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(
            self._footer.focus_filter
        )
        ask_by_f1(self, self.help_wanted)
        QShortcut(QKeySequence("?"), self).activated.connect(partial(self.help_wanted.emit, "keys"))
        QShortcut(QKeySequence("Ctrl+H"), self).activated.connect(self.history_wanted)
        QShortcut(QKeySequence("Ctrl+,"), self).activated.connect(self.settings_wanted)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._restyle)

    def put_below_rows(self, part: QWidget) -> None:
        self._column.insertWidget(self._column.indexOf(self.message), part)

    # showing and hiding

    def open(self, anchor: QRect | None) -> None:
        if not self.isVisible():
            self._watch.let_go()
        super().open(anchor)
        self.table.setFocus()
        self.card.focus_answer()
        for bar in self.findChildren(MessageBar):
            bar.remember_focus()

    def show_as_window(self, why: str | None) -> None:
        """Be an ordinary window that says `why`, for lack of a tray; None if there is one now."""
        self._why_standalone = why
        self.set_standalone(why is not None)
        self.set_notices(self._notices)

    def put_away(self) -> None:
        self._save()
        super().put_away()

    def attention(self, *, paused: bool) -> Attention:
        return Attention(open=True, watch=self._watch.pids, apps=self.model.listing.by_app, top=None, paused=paused)

    # what is shown

    def show_assessment(self, assessment: Assessment, *, read_at: float = math.inf) -> None:
        """Show an assessment read at `read_at`, in monotonic seconds; its age is shown when it is overdue."""
        self.assessment, self._say_outdated, self._read_at = assessment, None, read_at
        if not self.isVisible() and self.model.assessment is not None:
            return  # updated when it opens
        self._show_in_header(assessment)
        self._show_in_card(assessment)
        if is_whole(assessment, by_app=self.model.listing.by_app):
            self.model.show_assessment(assessment)
            self._watch.look_later()

    def _show_in_header(self, assessment: Assessment) -> None:
        levels, fresh_for = self.settings.levels, _OVERDUE_INTERVALS * self.settings.pace.open_seconds + _OVERDUE_SECONDS
        self.header.show_assessment(
            assessment, levels, paused=self._paused, read_at=self._read_at, fresh_for=fresh_for
        )

    def _show_in_card(self, assessment: Assessment) -> None:
        self.card.show_assessment(assessment, instead=self._instead(assessment))
        self.note_line.show_assessment(assessment, rests=self.model.held)

    def _instead(self, assessment: Assessment) -> Risk | None:
        """Return who can be let go in the victim's place without a password, at the critical level only."""
        if assessment.level.name != "critical":
            return None
        from oomtray.ui.controllers.replacement_victim import in_its_place

        return in_its_place(assessment, self.settings.actions.first, self._uid)

    def cannot_read(self, says: str) -> None:
        self._mark_outdated(partial(self.header.cannot_read, says))

    def show_stale(self, age: float | None) -> None:
        """Show that nothing has been read for `age` seconds; None if there was no reading at all."""
        self._mark_outdated(partial(self.header.show_stale, age))

    def _mark_outdated(self, say: Callable[[], None]) -> None:
        """Show that the reading is outdated until the next assessment."""
        self._say_outdated = say
        say()

    @Slot()
    def _show_sorting(self) -> None:
        self._footer.show_sorting(self.model.listing.sorting[0], by_app=self.model.listing.by_app)

    @Slot()
    def _offer_to_forget(self) -> None:
        self._footer.forget.setVisible(self.changes.permission.may_be)

    def set_paused(self, paused: bool) -> None:
        self._paused = paused
        self._footer.pause.setChecked(paused)
        self.card.set_paused(paused=paused)
        if self.assessment is not None:
            self._show_in_header(self.assessment)
        elif paused:
            self.header.say(tr("Paused"), tr("Memory is not being watched"), paused=True)
        else:
            self.header.say(words.waiting())

    def set_notices(self, notices: list[str]) -> None:
        self._notices = notices
        whole = [*([self._why_standalone] if self._why_standalone else []), *notices]
        self._notice.show_text("\n".join(f"▲ {notice}" for notice in whole))

    # user actions

    @Slot(object, QPoint)
    def _open_menu(self, subject: Subject, place: QPoint) -> None:
        if self.assessment is not None:
            known, asking = self.changes.origins(subject)
            settings = self.settings
            self.menu.fill(subject, self.assessment, settings.actions, known, settings.step_in, asking=asking)
            self.menu.popup(place)
            self.gives_back.ask(subject)
            self.shared_memory.ask(subject)

    @Slot(str, object)
    def _chosen(self, action: ActionId, subject: Subject) -> None:
        if action == "copy":
            QGuiApplication.clipboard().setText(copied(subject))
        elif action == "expendable":
            self.expendable_wanted.emit(subject)
        elif action in row_actions.DIALOGS:
            self.dialog_wanted.emit(action, subject)
        else:
            self.changes.do(action, subject, self.assessment)

    @Slot(bool)
    def _pin(self, pinned: bool) -> None:
        self.pinned = pinned

    @Slot(object)
    def _find(self, subject: Subject) -> None:
        process = subject.first.process
        index = self.model.index_of(process.pid, process.start_time)
        if index.isValid():
            self.table.choose(index)
            self.table.scrollTo(index)
            self.table.setFocus()

    @Slot(str)
    def _filter(self, text: str) -> None:
        self.model.filter(text)
        self._watch.look_soon()

    @Slot(bool)
    def _show_mine(self, mine: bool) -> None:
        self.model.show_mine(mine)
        self._watch.look_soon()

    @Slot(bool)
    def _show_by_app(self, by_app: bool) -> None:
        self.model.show_by_app(by_app)
        self.attention_changed.emit()

    @Slot()
    def _rows_released(self) -> None:
        if self.assessment is not None:
            self._show_in_card(self.assessment)

    # appearance, position and size

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_footer"):
            self._restyle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self.message.refuse():
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._shown()
        elif event.type() == QEvent.Type.Hide:
            self._watch.let_go()
            forget_pointer(self)
            self.message.window_closed()
            self._footer.window_closed()
            self.changes.unseen()  # it may have something to report
            self._save()
            self.attention_changed.emit()
        return super().event(event)

    def _shown(self) -> None:
        self.message.window_opened()
        self._footer.window_opened()
        if self.assessment is not None:
            self._show_in_header(self.assessment)
            self._show_in_card(self.assessment)
        if self._say_outdated is not None:
            self._mark_outdated(self._say_outdated)
            self.set_paused(self._paused)
        self.labels.look_again()
        self.attention_changed.emit()

    @Slot()
    def _restyle(self) -> None:
        self.header.restyle()
        self.card.restyle()
        self.note_line.restyle()
        self.table.restyle()
        give_edges()
        self._notice.setFont(small(self.font()))
        self.update()

    def _shed(self, needed: int, room: int) -> int:
        return self._layout.fit(needed, room)

    def _save(self) -> None:
        column, descending = self.model.listing.sorting
        size = self.chosen_size
        if size == self._usual:  # nobody chose it: it follows the text size
            size = _USUAL
        left = state.PopupState(
            size.width(), size.height(), self.model.listing.by_app, self.model.listing.choice.mine, column, descending, self.pinned
        )
        if left != self._left:
            self._left = left
            state.save(state.directory(), left)
