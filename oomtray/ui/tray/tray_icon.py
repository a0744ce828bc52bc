"""The icon in the panel: its state, a one-sentence tooltip, and a menu with everything that the app can do.

A panel that speaks StatusNotifierItem draws the menu itself, so it is plain: actions and submenus that are
filled before it shows, no widgets. GNOME opens it by a single click and activates by a double click.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, QPoint, QRect, Signal, Slot
from PySide6.QtGui import QAction, QCursor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from oomtray.desktop.current_desktop import DARK_PANELS, panel
from oomtray.kernel.loaded_libraries import is_loaded
from oomtray.messages import memory as words
from oomtray.messages import victim as victim_words
from oomtray.messages.desktop import unreadable
from oomtray.messages.i18n import tr
from oomtray.risk.interval import differs
from oomtray.ui.qt.icons import State, state_icon
from oomtray.ui.qt.plain_text import in_menu, without_markup
from oomtray.ui.tray.position import is_on_panel
from oomtray.ui.tray.top_apps import TopApps

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.config import Icon, Presets
    from oomtray.risk.assessment import Assessment

_STATES: dict[str, State] = {"normal": "calm", "warning": "warning", "critical": "critical"}
_EXPORTERS = ("libKF6StatusNotifierItem.", "libdbusmenu-lxqt.")
"""Libraries by which the plugins of Plasma and LXQt for Qt export menus: instead of Qt, with texts as Qt's menus have them."""


class _Told(NamedTuple):
    """What the tooltip says of memory."""

    headline: str
    left: int | None
    """Bytes left at that time; None if unknown."""
    clause: str


class TrayIcon(QObject):
    """The tray icon and its menu; `chosen` carries an action's id and its subject."""

    toggled = Signal()
    opened = Signal()
    paused = Signal(bool)
    start_at_login = Signal(bool)
    quitting = Signal()
    chosen = Signal(str, object)
    profiles_wanted = Signal()
    kills_wanted = Signal()
    history_wanted = Signal()
    help_wanted = Signal()
    settings_wanted = Signal()
    looked_at = Signal()
    """The menu is about to show."""

    def __init__(
        self,
        presets: Callable[[], Presets],
        *,
        exported: bool,
        autostarts: Callable[[], bool],
        grouped: Callable[[Assessment], Assessment],
        parent: QObject | None = None,
    ) -> None:
        """`exported` means that the panel draws the menu; `autostarts` and `grouped` are called when it opens.

        `grouped` returns the assessment with its apps, after looking up their display names.
        """
        super().__init__(parent)
        self._presets = presets
        self._exported = exported
        self._by_qt = exported and not is_loaded(*_EXPORTERS)
        self._announces = exported and panel() == "kde"
        self._autostarts = autostarts
        self._grouped = grouped
        self._assessment: Assessment | None = None
        self.state: State = "calm"
        self._says = ""
        self._state_told = _Told("", None, "")
        self._outdated: tuple[str, str] | None = None
        """The menu's first line and the tooltip while the reading is outdated."""
        self._popup_is_open = False
        self._look: Icon | None = None
        """None for the default look, which needs no figure."""
        self._step = 0
        """Step of the drawn figure, see `icon_figures.step_of`."""
        self._dark = False
        """Whether the icon was last drawn for a dark desktop."""
        self.clicked_at: QPoint | None = None
        """Where the icon was last clicked; None: not yet."""
        self.menu = self._make_menu()
        self.icon = self._make_icon()

    def geometry(self) -> QRect:
        """Return the icon's place on the screen; empty under StatusNotifierItem, which doesn't reveal it."""
        return self.icon.geometry()

    def follow_colors(self) -> None:
        """Follow the desktop's light or dark colors. Called once the icon is there."""
        # not colorSchemeChanged: KDE's theme for Qt says so before the palette has changed, and LXQt's never
        QGuiApplication.instance().paletteChanged.connect(self.recolor)  # type: ignore[union-attr]

    def set_look(self, look: Icon) -> None:
        wanted = None if not look.symbolic and look.shows == "shape" else look
        if wanted != self._look:
            self._look = wanted
            self._step = self._step_now()
            self._redraw()

    def rebuild(self) -> None:
        """Replace the icon, because the old one's connection ended with its bus."""
        self.icon.hide()
        self.icon.deleteLater()
        self.icon = self._make_icon()

    def remove(self) -> None:
        self.icon.hide()

    def show(self, assessment: Assessment) -> None:
        self._assessment, self._outdated = assessment, None
        if self._pause.isChecked():
            return
        says = victim_words.tooltip(assessment, self._in_short(assessment))
        self._present(_STATES[assessment.level.name], without_markup(says))
        if self._tops.lacks(assessment):
            self._fill_in()

    def _in_short(self, assessment: Assessment) -> str:
        """Return the tooltip's clause about memory: the last one while all is well and it is still about right.

        A panel asks for everything anew, also the pictures, at each change.
        """
        told, headline, memory = self._state_told, words.headline(assessment), assessment.snapshot.memory
        known = told.left is not None and memory.left is not None
        if assessment.level.name != "normal" or headline != told.headline or not known or differs(memory, told.left):
            self._state_told = told = _Told(headline, memory.left, words.in_short(assessment))
        return told.clause

    def cannot_read(self, says: str) -> None:
        self._mark_outdated(words.unreadable(), unreadable(says))

    def show_stale(self, age: float | None) -> None:
        """Show that nothing has been read for `age` seconds; None if there was no reading at all."""
        self._mark_outdated(words.stale(age), words.stale_sentence(age))

    def _mark_outdated(self, headline: str, says: str) -> None:
        """Show a headline and tooltip until the next assessment."""
        self._outdated = headline, without_markup(says)
        if not self._pause.isChecked():
            self._present("unreadable", self._outdated[1])

    def set_paused(self, paused: bool) -> None:
        self._pause.setChecked(paused)
        if paused:
            self._present("paused", words.paused())
        elif self._outdated is not None:
            self._present("unreadable", self._outdated[1])
        elif self._assessment is not None:
            self.show(self._assessment)
        else:
            self._present("calm", words.waiting())

    def set_popup_open(self, is_open: bool) -> None:
        """Hide the tooltip's sentence while the popup is open, since it would cover the popup's bottom."""
        if is_open != self._popup_is_open:
            self._popup_is_open = is_open
            self.icon.setToolTip(self._tooltip())
            if not is_open:
                self._fill_in()  # with the names learned since: an opened menu is made no wider by the panel

    def _tooltip(self) -> str:
        if not self._popup_is_open:
            return self._says or words.waiting()
        # without a title a panel that draws tooltips itself, such as xfce4-panel, shows the item's id
        return "OOM Tray" if self._exported else ""

    def _present(self, state: State, says: str) -> None:
        step = self._step_now()
        if state != self.state or step != self._step:  # each change is a message to the panel
            self.state, self._step = state, step
            self._redraw()
        if says != self._says:  # each change is a message to the panel
            self._says = says
            if not self._popup_is_open:
                self.icon.setToolTip(self._tooltip())
            self._status.setText(in_menu(self._headline(), exported=self._by_qt))

    @Slot()
    def recolor(self) -> None:
        """Draw the icon again if the desktop has become dark or light since: each change is a message to the panel."""
        if is_dark() != self._dark:
            self._redraw()

    def _redraw(self) -> None:
        self.icon.setIcon(self._picture())

    def _picture(self) -> QIcon:
        self._dark = is_dark()
        rim = not self._dark and panel() in DARK_PANELS
        if self._look is None:
            return state_icon(self.state, self._dark, rim)
        from oomtray.ui.qt.icon_figures import figure_icon

        return figure_icon(self.state, self._dark, self._look.symbolic, self._look.shows, self._step, rim=rim)

    def _step_now(self) -> int:
        if self._look is None or self._look.shows == "shape" or self._assessment is None:
            return 0
        from oomtray.ui.qt.icon_figures import step_of

        return step_of(self._look.shows, self._assessment.snapshot.memory.used_percent)

    def _make_icon(self) -> QSystemTrayIcon:
        icon = QSystemTrayIcon(self._picture(), self)
        icon.setToolTip(self._tooltip())
        icon.setContextMenu(self.menu)
        icon.activated.connect(self._activated)
        icon.show()
        return icon

    def _new_menu(self) -> QMenu:
        if self._exported:
            return QMenu()
        from oomtray.ui.qt.field_edges import give_edges
        from oomtray.ui.qt.menu import Menu  # drawn by Qt, as those of the popup

        menu = Menu()
        menu.aboutToShow.connect(give_edges)
        return menu

    def _make_menu(self) -> QMenu:
        menu = self._new_menu()
        menu.aboutToShow.connect(self._fill)
        menu.triggered.connect(self._picked)
        self._status = menu.addAction(words.waiting())
        self._status.setEnabled(False)
        menu.addSeparator()
        self._tops = TopApps(menu, self._presets, exported=self._exported, by_qt=self._by_qt)
        menu.addSeparator()
        menu.addAction(tr("Open")).triggered.connect(self.opened)
        menu.addAction(tr("History")).triggered.connect(self.history_wanted)
        menu.addAction(tr("What was killed")).triggered.connect(self.kills_wanted)
        menu.addAction(tr("Rule profiles…")).triggered.connect(self.profiles_wanted)
        menu.addAction(tr("Settings")).triggered.connect(self.settings_wanted)
        self._pause = menu.addAction(tr("Pause"))
        self._pause.setCheckable(True)
        self._pause.triggered.connect(self.paused)
        self._login = menu.addAction(tr("Start at login"))
        self._login.setCheckable(True)
        self._login.triggered.connect(self.start_at_login)
        menu.addSeparator()
        menu.addAction(tr("Help")).triggered.connect(self.help_wanted)
        menu.addAction(tr("Quit")).triggered.connect(self.quitting)
        return menu

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        reasons = QSystemTrayIcon.ActivationReason
        # swaybar draws no menu, and asks for it, as no panel does that draws one
        if reason in (reasons.Trigger, reasons.DoubleClick) or (reason == reasons.Context and self._exported):
            self.clicked_at = QCursor.pos()
            self.toggled.emit()

    @Slot(QAction)
    def _picked(self, action: QAction) -> None:
        """Pass on an app's action: it has data, the menu's other entries have none."""
        picked: Any = action.data()
        if picked is not None:
            self.chosen.emit(*picked)

    @Slot()
    def _fill(self) -> None:
        """Fill the menu and its submenus, since Plasma asks only the outermost menu for its content."""
        self.looked_at.emit()
        if is_on_panel(QCursor.pos()):  # else the panel asks for the menu before anybody opens it
            self.clicked_at = QCursor.pos()
        self._status.setText(in_menu(self._headline(), exported=self._by_qt))
        assessment = self._assessment
        self._fill_in(None if assessment is None else self._grouped(assessment))
        if self._announces:
            self._tops.announce()

    def _fill_in(self, whole: Assessment | None = None) -> None:
        """Fill it from `whole`, or from what is known without looking up anything."""
        self._login.setChecked(self._autostarts())
        if self._assessment is not None:
            self._tops.fill(self._assessment, whole)

    def _headline(self) -> str:
        assessment = self._assessment
        if self._pause.isChecked():
            return tr("Paused")
        if self._outdated is not None:
            return self._outdated[0]
        if assessment is None:
            return words.waiting()
        memory = assessment.snapshot.memory
        return f"{words.headline(assessment)} · {words.used(memory)}"


def is_dark() -> bool:
    """Whether the palette is dark.

    Qt's own ColorScheme is not used: loading the namespace Qt takes 30 ms and 1 MB, and only the popup needs
    it.
    """
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128
