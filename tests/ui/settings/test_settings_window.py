"""Specifies the window of the settings: it shows what the file says, changes it with its comments kept, and says what it refuses."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QDesktopServices, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QMessageBox, QWidget

from oomtray.actions.file_edits import record_rules, undo
from oomtray.actions.journal import Journal
from oomtray.actions.rules.model import Rule
from oomtray.config import Settings, load
from oomtray.config.schema import KEYS
from oomtray.messages import setting_labels as labels
from oomtray.ui.qt.colors import contrast
from oomtray.ui.qt.labels import Plain
from oomtray.ui.settings.page import Surroundings
from oomtray.ui.settings.pages import PAGES
from oomtray.ui.settings.setting_row import SettingRow
from oomtray.ui.settings.settings_window import SettingsWindow
from tests.ui.gallery import DARK, LIGHT, palette
from tests.ui.looks import looks
from tests.ui.settings.conftest import MINE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints")


def row(window: SettingsWindow, path: str) -> SettingRow:
    """Of a setting, on whichever page."""
    for page in PAGES:
        for one in window.show_page(page.id).rows:
            if one.path == path:
                return one
    raise LookupError(path)


def set_to(row: SettingRow, value: float) -> None:
    row.control.setValue(value)
    row.commit()


def test_the_keyboard_stays_on_undo_while_the_window_is_an_icon(window: SettingsWindow) -> None:
    row(window, "levels.warning_percent").control.setFocus()
    set_to(row(window, "levels.warning_percent"), 83)
    undo_button = window.undo_bar.undo_button
    undo_button.setFocus()

    window.showMinimized()
    QApplication.processEvents()

    assert window.focusWidget() is undo_button


def test_every_setting_has_a_row(window: SettingsWindow) -> None:
    shown = {one.path for page in PAGES for one in window.show_page(page.id).rows}
    assert {key.path for key in KEYS} - shown == {"step_in.expendable"}  # the rules' page edits those


def test_a_row_shows_what_is_in_force_and_its_default(window: SettingsWindow) -> None:
    warning = row(window, "levels.warning_percent")
    assert warning.control.text() == "82 %"
    assert warning.default_label.text() == "Default: 80 %"
    assert warning.reset.isVisible()
    assert not row(window, "levels.critical_percent").reset.isVisible()


def test_every_default_is_written_alike(window: SettingsWindow) -> None:
    """“Default: off” stood beside “Default: Apps”."""
    told = [one.default_label.text() for page in PAGES for one in window.show_page(page.id).rows]
    assert {"Default: off", "Default: apps", "Default: the level alone"} <= set(told)
    assert [text for text in told if text.removeprefix("Default: ")[:1].isupper()] == []


def test_the_page_says_that_one_of_both_conditions_is_enough_to_step_in(window: SettingsWindow) -> None:
    """`risk.step_in` goes by either; “When” above both could mean that both are needed."""
    assert row(window, "step_in.kill_seconds").hint.text() == "Either this or a stall is enough."


def test_a_change_is_written_and_what_stands_around_it_stays(window: SettingsWindow, path: Path) -> None:
    set_to(row(window, "levels.warning_percent"), 70)
    assert path.read_text() == MINE.replace("82 ", "70 ")


def test_the_way_back(window: SettingsWindow, path: Path) -> None:
    warning = row(window, "levels.warning_percent")
    warning.reset.click()
    assert load(path)[0] == Settings()
    assert warning.control.text() == "80 %"
    assert not warning.reset.isVisible()
    assert "# my own words" in path.read_text()


def test_a_threshold_s_other_side_stays(window: SettingsWindow, path: Path) -> None:
    """A file that says one side alone switches the other off."""
    set_to(row(window, "levels.critical_percent"), 95)
    levels = load(path)[0].levels
    assert (levels.critical_percent, levels.critical_left) == (95.0, Settings().levels.critical_left)


def test_what_contradicts_another_setting_is_refused_in_words(window: SettingsWindow, path: Path) -> None:
    warning = row(window, "levels.warning_percent")
    set_to(warning, 95)
    assert "must be lower than “Critical when memory use reaches” (90\u00a0%)" in warning.complaint.text()
    assert warning.complaint.text().removeprefix("▲ ") in warning.control.accessibleDescription()
    assert warning.control.text() == "82 %"
    assert path.read_text() == MINE
    set_to(warning, 85)
    assert not warning.complaint.isVisible()


def test_a_refusal_goes_once_the_other_setting_is_another(window: SettingsWindow) -> None:
    """It named the other one's value, which was no longer so."""
    warning = row(window, "levels.warning_percent")
    set_to(warning, 95)
    set_to(row(window, "levels.critical_percent"), 97)
    assert (warning.complaint.said, warning.control.text()) == ("", "82 %")


def test_a_file_that_no_program_opens_is_named(window: SettingsWindow, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    window.link.click()
    assert opened == [str(path)]
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == f"No program was found that opens {path}."
    box.close()


def test_an_edit_by_hand_is_shown_and_kept(window: SettingsWindow, path: Path) -> None:
    path.write_text(MINE + "critical_percent = 97\n")
    window.file.refresh()
    assert row(window, "levels.critical_percent").control.text() == "97 %"
    set_to(row(window, "levels.warning_percent"), 96)
    assert "critical_percent = 97" in path.read_text()


def test_an_edit_by_hand_that_was_not_read_yet_is_kept(window: SettingsWindow, path: Path) -> None:
    path.write_text(MINE + "critical_percent = 97\n")
    set_to(row(window, "levels.warning_percent"), 70)
    assert load(path)[0].levels.critical_percent == 97
    assert row(window, "levels.critical_percent").control.text() == "97 %"


def test_a_mistake_in_the_file_is_named_with_its_line(window: SettingsWindow, path: Path) -> None:
    path.write_text(MINE + "critical_percent = ninety\n")
    window.file.refresh()
    assert window.bar.isVisible()
    assert "config.toml, line 5" in window.bar.text.text()
    assert "The last good settings stay in force." in window.bar.text.text()
    assert row(window, "levels.warning_percent").control.text() == "82 %"
    assert not row(window, "levels.warning_percent").control.isEnabled()
    path.write_text(MINE)
    window.file.refresh()
    assert not window.bar.isVisible()
    assert row(window, "levels.warning_percent").control.isEnabled()


def test_a_wrong_value_is_named_at_its_row_too(window: SettingsWindow, path: Path) -> None:
    path.write_text(MINE + "critical_percent = 900\n")
    window.file.refresh()
    critical = row(window, "levels.critical_percent")
    assert "line 5" in window.bar.text.text()
    assert "900" in critical.complaint.text()
    assert critical.control.isEnabled()
    path.write_text(MINE)
    window.file.refresh()
    assert not critical.complaint.isVisible()


def test_defaults_are_offered_where_a_page_has_some_for_all_pages(window: SettingsWindow) -> None:
    offered = []
    for page in PAGES:
        window.show_page(page.id)
        if window.defaults.isVisible():
            offered.append(page.id)
    assert {page.id for page in PAGES} - set(offered) == {"rules", "login", "about"}
    assert window.defaults.text() == "Restore all defaults"
    assert "all pages" in window.defaults.accessibleDescription()


def test_restored_defaults_can_be_taken_back_here_and_elsewhere(window: SettingsWindow, path: Path) -> None:
    assert not window.undo_bar.isVisible()
    window.defaults.click()
    assert load(path) == (Settings(), ())
    assert "# my own words" in path.read_text()
    assert "defaults again" in window.undo_bar.text.text()
    assert [batch.action for batch in Journal().batches()] == ["restore-defaults"], "`oomtray undo` knows of it"
    window.undo_bar.undo_button.click()
    assert path.read_text() == MINE, "with the words beside the settings"
    assert row(window, "levels.warning_percent").control.text() == "82 %", "it is shown at once"
    assert not window.undo_bar.isVisible()
    assert Journal().last() is None


class TestUndo:
    """Of one setting: here and by `oomtray undo`, as of everything else that the window changes."""

    @pytest.fixture
    def now(self, around: Surroundings) -> list[float]:
        """Seconds of the window's clock."""
        now = [1000.0]
        around.file.clock = lambda: now[0]
        return now

    def test_a_change_is_taken_back_with_the_words_beside_it(self, window: SettingsWindow, path: Path) -> None:
        warning = row(window, "levels.warning_percent")
        warning.reset.click()
        assert "early" not in path.read_text()
        assert window.undo_bar.text.text() == "“Warn when memory use reaches” was changed from 82 % to 80 %."
        window.undo_bar.undo_button.click()
        assert path.read_text() == MINE
        assert warning.control.text() == "82 %", "it is shown at once"
        assert not window.undo_bar.isVisible()
        assert Journal().last() is None

    def test_why_it_failed_is_said_until_the_file_is_mended(self, window: SettingsWindow, path: Path) -> None:
        set_to(row(window, "levels.warning_percent"), 70)
        good = path.read_text()
        path.write_text("[levels\n")
        window.undo_bar.undo_button.click()
        assert window.undo_bar.isVisible()
        assert "not valid TOML" in window.undo_bar.text.text()
        path.write_text(good)
        window.file.refresh()
        assert not window.undo_bar.isVisible()

    def test_the_keyboard_is_back_at_the_setting_afterwards(self, window: SettingsWindow, qtbot: Any) -> None:
        warning = row(window, "levels.warning_percent")
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        warning.control.setFocus()
        set_to(warning, 70)
        window.undo_bar.undo_button.setFocus()
        qtbot.keyClick(window.undo_bar.undo_button, Qt.Key.Key_Space)
        assert not window.undo_bar.isVisible()
        assert warning.control.hasFocus()

    def test_it_is_taken_back_from_elsewhere_and_shown(self, window: SettingsWindow, path: Path) -> None:
        set_to(row(window, "levels.warning_percent"), 70)
        batch = Journal().last()
        assert batch is not None
        undo(Journal(), batch)
        assert path.read_text() == MINE
        window.file.refresh()
        assert row(window, "levels.warning_percent").control.text() == "82 %"

    def test_the_steps_of_one_change_are_one(self, window: SettingsWindow, path: Path, now: list[float]) -> None:
        warning = row(window, "levels.warning_percent")
        for value in (81, 75, 70):
            set_to(warning, value)
            now[0] += 2
        assert window.undo_bar.text.text() == "“Warn when memory use reaches” was changed from 82 % to 70 %."
        assert len(Journal().batches()) == 1
        window.undo_bar.undo_button.click()
        assert path.read_text() == MINE

    def test_a_later_change_and_another_setting_are_changes_of_their_own(self, window: SettingsWindow, path: Path, now: list[float]) -> None:
        set_to(row(window, "levels.warning_percent"), 70)
        now[0] += 60
        set_to(row(window, "levels.warning_percent"), 60)
        set_to(row(window, "levels.critical_percent"), 95)
        assert len(Journal().batches()) == 3
        for text in ("60", "70", "82"):
            batch = Journal().last()
            assert batch is not None
            undo(Journal(), batch)
            assert f"warning_percent = {text} " in path.read_text()

    def test_what_was_moved_back_leaves_nothing_to_undo(self, window: SettingsWindow, path: Path, now: list[float]) -> None:
        warning = row(window, "levels.warning_percent")
        set_to(warning, 70)
        set_to(warning, 82)
        assert path.read_text() == MINE
        assert not window.undo_bar.isVisible()
        assert Journal().last() is None

    @pytest.mark.parametrize("seen", [True, False], ids=["written between", "too fast for that"])
    def test_what_the_file_did_not_say_it_does_not_say_once_moved_back(
        self, window: SettingsWindow, path: Path, now: list[float], seen: bool
    ) -> None:
        path.write_text("# mine\n")
        window.file.refresh()
        warning = row(window, "levels.warning_percent")
        warning.control.setValue(70)
        if seen:
            warning.commit()
        set_to(warning, 80)
        assert path.read_text() == "# mine\n"
        assert not window.undo_bar.isVisible()
        assert Journal().last() is None

    def test_after_an_undo_elsewhere_the_next_step_is_a_change_of_its_own(self, window: SettingsWindow, now: list[float]) -> None:
        warning = row(window, "levels.warning_percent")
        set_to(warning, 70)
        batch = Journal().last()
        assert batch is not None
        undo(Journal(), batch)
        window.file.refresh()
        set_to(warning, 75)
        assert window.undo_bar.text.text() == "“Warn when memory use reaches” was changed from 82 % to 75 %."

    def test_after_a_change_of_something_else_the_next_step_is_a_change_of_its_own(
        self, window: SettingsWindow, path: Path, now: list[float]
    ) -> None:
        """What was done in between is taken back in its turn, and what somebody wrote in between is not."""
        warning = row(window, "levels.warning_percent")
        set_to(warning, 70)
        record_rules(Journal(), "/elsewhere/rules.toml", [Rule("protect", app="db")])
        set_to(warning, 60)
        assert len(Journal().batches()) == 3
        path.write_text(path.read_text() + "[pace]\nopen_seconds = 5\n")
        set_to(warning, 50)
        assert len(Journal().batches()) == 4
        window.undo_bar.undo_button.click()
        assert load(path)[0].levels.warning_percent == 60
        assert load(path)[0].pace.open_seconds == 5

    def test_what_is_refused_offers_no_undo(self, window: SettingsWindow) -> None:
        set_to(row(window, "levels.critical_percent"), 60)
        assert not window.undo_bar.isVisible()
        assert Journal().last() is None

    def test_it_is_taken_back_where_the_journal_cannot_be_written(
        self, window: SettingsWindow, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Journal, "record", lambda *_, **__: None)
        set_to(row(window, "levels.warning_percent"), 70)
        window.undo_bar.undo_button.click()
        assert path.read_text() == MINE

    def test_what_somebody_has_set_since_stays(self, window: SettingsWindow, path: Path) -> None:
        set_to(row(window, "levels.warning_percent"), 70)
        path.write_text(MINE.replace("82", "60"))
        window.undo_bar.undo_button.click()
        assert "meanwhile" in window.undo_bar.text.text()
        assert load(path)[0].levels.warning_percent == 60


def test_defaults_that_are_so_already_offer_no_undo(window: SettingsWindow) -> None:
    for _ in range(2):
        window.defaults.click()
    assert "already" in window.undo_bar.text.text()
    assert not window.undo_bar.undo_button.isVisible()
    window.undo_bar.dismiss_button.click()
    assert not window.undo_bar.isVisible()


def test_defaults_are_taken_back_where_the_journal_cannot_be_written(
    window: SettingsWindow, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Journal, "record", lambda *_, **__: None)
    window.defaults.click()
    window.undo_bar.undo_button.click()
    assert path.read_text() == MINE


def test_an_undo_that_cannot_be_done_says_why(window: SettingsWindow, path: Path) -> None:
    window.defaults.click()
    path.write_text("[levels\n")
    window.undo_bar.undo_button.click()
    assert "line 1" in window.undo_bar.text.text()
    assert not window.undo_bar.undo_button.isVisible()
    assert path.read_text() == "[levels\n"


@pytest.mark.parametrize(
    ("path_of", "typed", "value"),
    [
        ("levels.warning_left", "2.5 GiB", 5 << 29),
        ("levels.warning_left", "3", 3 << 30),
        ("levels.warning_left", "off", 0),
        ("levels.warning_forecast_seconds", "2 min", 120),
        ("levels.warning_forecast_seconds", "90", 90),
        ("levels.dwell_seconds", "1 min 30 s", 90),
        ("notifications.snooze_minutes", "2 h", 120),
        ("rows.elevated_share", "40 %", 400),
        ("actions.protect", "-700", -700),
        ("levels.warning_percent", "nonsense", 82),
    ],
)
def test_what_is_typed(qtbot, window: SettingsWindow, path_of: str, typed: str, value: float) -> None:
    one = row(window, path_of)
    one.control.setFocus()
    one.control.selectAll()
    qtbot.keyClicks(one.control, typed)
    qtbot.keyClick(one.control, Qt.Key.Key_Return)
    one.commit()
    assert window.file.value(path_of) == value
    assert one.control.text() == labels.value(one.path, value)


@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_what_can_be_used_has_a_name_and_the_keyboard(window: SettingsWindow, page: str) -> None:
    for widget in window.show_page(page).widget().findChildren(QWidget):
        inner = widget.objectName().startswith("qt_") or not widget.isVisible()
        if inner or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        name = widget.accessibleName() or (widget.text() if isinstance(widget, QCheckBox) else "")
        assert name or getattr(widget, "text", str)(), widget
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_escape_closes_and_takes_what_was_chosen(qtbot, window: SettingsWindow, path: Path) -> None:
    row(window, "levels.warning_percent").control.setValue(60)
    with qtbot.waitSignal(window.closed):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert load(path)[0].levels.warning_percent == 60


def test_nothing_looks_while_it_is_hidden(qtbot, window: SettingsWindow, path: Path) -> None:
    window.hide()
    assert not window.file.look.isActive()
    window.show()
    path.write_text(MINE.replace("82", "75"))
    qtbot.waitUntil(lambda: row(window, "levels.warning_percent").control.text() == "75 %", timeout=10_000)


@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_tab_goes_from_the_list_through_the_page_to_the_foot(qtbot, window: SettingsWindow, page: str) -> None:
    window.activateWindow()
    shown = window.show_page(page)
    window.list.setFocus()
    order = []
    for _ in range(60):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        order.append(window.focusWidget())
        if order[-1] is window.list:
            break
    foot = [window.link, *([window.defaults] if shown.rows else []), window.close_button, window.list]
    assert order[-len(foot) :] == foot, [getattr(one, "text", str)() for one in order]
    assert all(shown.isAncestorOf(one) for one in order[: -len(foot)])
    places = [one.mapTo(window, one.rect().center()).y() // 8 for one in order[: -len(foot)]]
    assert places == sorted(places)


@pytest.mark.parametrize(("platform", "says"), [("xcb", "a film or a game"), ("wayland", "Wayland tells no app what fills the screen")])
def test_the_switch_for_full_screen_says_what_counts_here(make: Callable[[], SettingsWindow], monkeypatch: pytest.MonkeyPatch, platform: str, says: str) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(QGuiApplication, "platformName", lambda: platform)
        quiet = row(make(), "notifications.quiet")
    assert says in quiet.control.accessibleDescription()


def test_a_switch_acts_without_a_click_as_a_screen_reader_toggles_it(window: SettingsWindow, path: Path) -> None:
    quiet = row(window, "notifications.quiet")
    quiet.control.toggle()
    quiet.commit()
    assert load(path)[0].notifications.quiet is False
    path.write_text(MINE)
    window.file.refresh()
    quiet.commit()
    assert path.read_text() == MINE, "what is only shown is not written"


def test_a_page_is_chosen_by_selecting_it_as_a_screen_reader_does(window: SettingsWindow) -> None:
    model = window.list.selectionModel()
    index = window.list.model().index(2, 0)
    window.list.clearSelection()
    model.select(index, QItemSelectionModel.SelectionFlag.Select)
    assert window.page is window.pages["protection"]


def test_captions_follow_the_colors_of_the_desktop(window: SettingsWindow) -> None:
    page = window.show_page("protection")
    note = next(label for label in page.findChildren(Plain) if label.text().startswith("The lower"))
    for colors in (LIGHT, DARK):
        with looks(colors):
            QApplication.processEvents()
            ink, ground = note.palette().color(QPalette.ColorRole.WindowText), QColor(colors["Window"])
            assert contrast(ink, ground) >= 4.5
            assert window.page.rows[0].control.palette().color(QPalette.ColorRole.Base) == QColor(colors["Base"])


@pytest.mark.parametrize("points", [10, 14])
@pytest.mark.parametrize("page", [page.id for page in PAGES])
def test_nothing_is_cut_in_the_least_window(qtbot, qapp: QApplication, make: Callable[[], SettingsWindow], page: str, points: int) -> None:
    font = qapp.font()
    larger = QFont(font)
    larger.setPointSizeF(points)
    qapp.setFont(larger)
    try:
        window = make()
        window.resize(window.minimumSize())
        shown = window.show_page(page)
        QApplication.processEvents()
        qtbot.waitUntil(lambda: not shown.horizontalScrollBar().isVisible())  # nothing lies beyond the page
        parts = [window.foot, window.link, *([window.defaults] if shown.rows else []), window.close_button]
        places = [QRect(part.mapTo(window, QPoint(0, 0)), part.size()) for part in parts]
        assert all(window.rect().contains(place) for place in places)
        assert not any(one.intersects(other) for one, other in itertools.combinations(places, 2))
        assert window.foot.height() >= window.foot.heightForWidth(window.foot.width())
    finally:
        qapp.setFont(font)


def test_the_arrows_of_a_setting_without_effect_have_the_gray_of_its_field(make: Callable[[], SettingsWindow]) -> None:
    """They stayed as white as those of the others."""
    window = make()
    desktop = palette(LIGHT)
    desktop.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Base, QColor("#dddddd"))
    window.setPalette(desktop)
    row = next(row for row in window.show_page("step-in").rows if row.path == "step_in.kill_seconds")

    found, role = row.control.palette(), QPalette.ColorRole

    assert not row.control.isEnabled()
    assert found.color(QPalette.ColorGroup.Disabled, role.Button) == found.color(QPalette.ColorGroup.Disabled, role.Base) == QColor("#dddddd")


@pytest.mark.parametrize(
    ("page", "needed", "paths"),
    [
        ("step-in", "step_in.enabled", ["step_in.grace_seconds", "step_in.kill_seconds", "step_in.stall", "step_in.stall_seconds"]),
        ("notifications", "notifications.quiet", ["notifications.quiet_critical"]),
    ],
)
def test_what_has_no_effect_while_another_setting_is_off_can_not_be_changed_then(
    make: Callable[[], SettingsWindow], page: str, needed: str, paths: list[str]
) -> None:
    window = make()
    rows = {row.path: row for row in window.show_page(page).rows}

    def shut() -> list[str]:
        return sorted(path for path, row in rows.items() if not row.control.isEnabled())

    for on in (True, False, True):
        if rows[needed].control.isChecked() != on:
            rows[needed].control.click()
            rows[needed].commit()
        assert shut() == ([] if on else paths)
        for path in shut():
            palette, role = rows[path].control.palette(), QPalette.ColorRole
            for ink in (role.Text, role.WindowText):
                color = palette.color(QPalette.ColorGroup.Disabled, ink)
                assert contrast(color, window.palette().color(role.Base)) >= 4.5, "what it is can be read all the same"
