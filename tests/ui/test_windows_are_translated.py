"""Whatever a window shows or says to a screen reader comes out of the catalogue; only data stay as they are.

That is each state of the gallery, dialogs, menus, notifications and reports.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QWidget

from oomtray.actions.changes import Changer
from oomtray.actions.ending import EndingResult
from oomtray.actions.journal import Journal
from oomtray.actions.rules.propose import ServiceName
from oomtray.actions.signals import Ending
from oomtray.actions.units import dropin
from oomtray.config import Notifications, Presets, Settings
from oomtray.kernel.users import login_name
from oomtray.messages import ending as messages
from oomtray.risk.assess import with_apps
from oomtray.risk.assessment import Assessment
from oomtray.risk.outlook import Forecast
from oomtray.text import printable
from oomtray.ui.controllers.app_label import plain_name
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Report
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.dialogs.fits_dialog import FitsDialog
from oomtray.ui.dialogs.rule_dialog import ALL
from oomtray.ui.dialogs.unit_dialog import UnitDialog
from oomtray.ui.dialogs.value_dialog import ValueDialog
from oomtray.ui.popup.message_bar import MessageBar
from oomtray.ui.popup.popup import Popup
from oomtray.ui.tray.tray_icon import TrayIcon
from tests.facts import desktops, kills
from tests.facts.process_facts import HOSTILE
from tests.rigs.bus.systemd_manager import systemd_manager
from tests.rigs.translations.pseudo import Reader, pseudo_language
from tests.rigs.translations.speaking import speaking
from tests.rigs.translations.widgets import painted, texts
from tests.ui import dialog_gallery, gallery, gallery_list, kill_pictures
from tests.ui.app import test_kill_notifications as killed
from tests.ui.app import test_limit_notifications as limits
from tests.ui.app.test_level_notifications import FakeNotifier, Tray
from tests.ui.app.test_step_in import Tray as StepIn
from tests.ui.popup_with_rules import WAITS, PopupWithRules
from tests.ui.settings_gallery import SettingsGallery

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", "systemTrayWindowChanged"),
    pytest.mark.usefixtures("speaks"),
]

NAMES = ("OOM Tray", "oom_score_adj", "Ctrl+F", "worker", "qt br lt gt amp")  # the last are of tooltips, which are HTML
FACTS = ("python3 train.py data workers", "/usr/bin /home/user/lab/set1/part.npy", "bash", "tcp", HOSTILE, printable(HOSTILE))
"""What a process says of itself in the gallery."""
DATES = [
    *(QLocale().standaloneMonthName(month, QLocale.FormatType.ShortFormat) for month in range(1, 13)),
    *(QLocale().standaloneDayName(day, QLocale.FormatType.ShortFormat) for day in range(1, 8)),
    "AM PM",
]
DAYS = [QLocale().dayName(day, QLocale.FormatType.LongFormat) for day in range(1, 8)]
"""As the region has them."""
DIALOG_NAMES = (*(name for name, _, _ in gallery_list.NAMES.values()), "root", "oomtray unit set user oomd avoid", *(login_name(uid) or "" for uid in (0, 1000, os.getuid())))
UNIT_FILE = f"/etc/systemd/system/mysql.service.d/50-oomtray.conf {dropin.HEADER} Service OOMScoreAdjust systemd-oomd"
ASSESSMENTS = (
    *(desktops.desktop(level) for level in ("normal", "warning", "critical")),
    desktops.incomplete(),
    desktops.void(),
    desktops.void(panic=False),
    desktops.close(),
    desktops.close(2),
    desktops.korean(),
    desktops.long_names(),
)


@pytest.fixture(scope="session")
def language(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return pseudo_language(tmp_path_factory.mktemp("translations"))


@pytest.fixture
def speaks(language: dict[str, str]) -> Iterator[None]:
    with speaking(language):
        yield


@pytest.fixture
def check() -> Callable[..., None]:
    """Fail for English words in any of the texts."""

    def check(shown: Iterable[str], *data: str) -> None:
        found = list(dict.fromkeys(shown))
        assert found
        reader = Reader(*NAMES, *data, *(name for one in ASSESSMENTS for name in names(one)))
        assert {text: words for text in found if (words := reader.english(text))} == {}

    return check


def names(assessment: Assessment) -> list[str]:
    """What is data in an assessment: names of processes, apps, units, users."""
    found = ["root", "user"]
    for risk in assessment.risks:
        found += [risk.process.name, printable(risk.process.name), risk.app or "", risk.unit or "", risk.process.exe or "", risk.process.cgroup or ""]
    return [*found, *(name for app in assessment.apps for name in (app.name, plain_name(app)))]


class Looked(gallery.Gallery):
    """The gallery's states, of which it keeps the texts instead of pictures."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.shown: list[str] = []

    def save(self, name: str, widget: QWidget) -> None:
        QApplication.processEvents()
        with painted() as drawn:
            widget.grab()
        assert drawn or not isinstance(widget, Popup)
        self.shown += [*texts(widget), *drawn]

    def message(self, tone: str) -> None:
        """The sentences there are the gallery's own."""


def test_the_gallery(qapp: QApplication, check: Callable[..., None], tmp_path: Path) -> None:
    looked = Looked(tmp_path)
    looked.all("light")
    looked.history("light")
    shown = [text for text in looked.shown if "u202e" not in text and not cut(text, looked.shown)]
    data = ["OSError Errno Input output error", "panic_on_oom oom_kill_allocating_task", "python3 train.py tcp"]
    check(shown, *data, *DATES, "Firefox VS Code MariaDB GNOME Shell Slack slack Builder train.py systemd-oomd mariadbd",
          *kills.NAMES)


def test_past_kills(qapp: QApplication, check: Callable[..., None], tmp_path: Path) -> None:
    looked = Looked(tmp_path)
    kill_pictures.take(looked.save, "light")
    shown = (text for text in looked.shown if not cut(text, looked.shown))
    check(shown, *DATES, "Builder java systemd-oomd HighMem Normal panic_on_oom", *kills.NAMES)


@pytest.mark.parametrize("scene", dialog_gallery.SCENES | dialog_gallery.STATES)
def test_dialogs(qapp: QApplication, check: Callable[..., None], tmp_path: Path, scene: str) -> None:
    dialog = (dialog_gallery.SCENES | dialog_gallery.STATES)[scene]()
    dialog.show()
    looked = Looked(tmp_path)
    looked.save(scene, dialog)
    dialog.close()
    check((text for text in looked.shown if not cut(text, looked.shown)), *kills.NAMES, *DIALOG_NAMES, *FACTS, "ana", UNIT_FILE)


def test_the_settings(qapp: QApplication, check: Callable[..., None], tmp_path: Path) -> None:
    looked = Looked(tmp_path)
    SettingsGallery(tmp_path, looked.save).all("light")
    check(looked.shown, *DATES, *DAYS, str(tmp_path), "config.toml rules.toml history.db oomtray home state autostart io.github.oomtray.OOMTray.desktop", "Invalid value", "Meta Alt usr bin")


def cut(text: str, shown: Iterable[str]) -> bool:
    """Painted with … for what there was no room for: the whole is there as well, for a screen reader."""
    begins, mark, ends = text.partition("…")
    return bool(mark) and any(one.startswith(begins) and one.endswith(ends) for one in shown if len(one) > len(text))


def test_row_menus(qtbot, check: Callable[..., None]) -> None:
    popup = Popup(ChangeController(Settings().actions), Settings())
    qtbot.addWidget(popup)
    shown = []
    for assessment in ASSESSMENTS:
        popup.show_assessment(assessment)
        subjects = [Subject.of_app(app) for app in assessment.apps]
        for subject in subjects + [Subject.of_process(risk) for risk in assessment.risks]:
            popup.menu.fill(subject, assessment, Settings().actions, {}, Settings().step_in, asking=False)
            shown += texts(popup.menu)
            popup.menu.close()
    check(shown)


@pytest.mark.parametrize("exported", [True, False])
def test_the_tray(qtbot, check: Callable[..., None], exported: bool) -> None:
    tray = TrayIcon(Presets, exported=exported, autostarts=lambda: True, grouped=with_apps)
    shown = []

    def look() -> None:
        tray.menu.aboutToShow.emit()
        shown.extend([tray.icon.toolTip(), *texts(tray.menu)])

    look()
    for assessment in ASSESSMENTS:
        tray.show(assessment)
        look()
    tray.cannot_read("OSError")
    look()
    for age in (14.0, None):
        tray.show_stale(age)
        look()
    tray.set_paused(True)
    look()
    tray.remove()
    check(shown, "OSError")


def test_notifications(qtbot, check: Callable[..., None]) -> None:
    shown = []
    for assessment in ASSESSMENTS:
        for level in (assessment.level.name, "critical"):
            tray = Tray()
            for now in (assessment, desktops.judged(assessment.snapshot.processes, level)):
                tray.alerts.consider(now)
            for alert in tray.notifier.shown:
                shown += [alert.summary, alert.body, *(label for _, label in alert.actions)]
    check(shown)


def test_notifications_of_limits(qtbot, check: Callable[..., None]) -> None:
    tray = limits.Tray(Notifications())
    hurried = Forecast(kill=(60.0, 90.0))
    tray.at(5000, limits.group(), limits.group(path="/machine.slice/machine-web.scope", name="web", kind="container"))
    tray.at(5010, limits.group("critical", forecast=hurried, victim=None), limits.group("critical", path="/a", kind="cgroup", high=8))
    check(told(tray.notifier), "nginx.service", "web", "nginx")


def test_notifications_of_kills(qtbot, check: Callable[..., None]) -> None:
    shown = []
    for outcome in ("killed", "likely", "one-of", "unknown"):
        for killer in ("kernel", "systemd-oomd", "earlyoom", "nohang"):
            tray = killed.Tray(Notifications())
            tray.kills.tell([killed.kill(1, killed.TAB, killed.JAVA, outcome=outcome, killer=killer)])
            tray.kills.tell([killed.kill(number, killed.JAVA, missed=True) for number in (2, 3)])
            shown += told(tray.notifier)
    check(shown, "Firefox Web Content Java java earlyoom nohang systemd-oomd")


def told(notifier: FakeNotifier) -> list[str]:
    return [
        text for alert in notifier.shown for text in (alert.summary, alert.body, *(label for _, label in alert.actions)) if text
    ]


def test_stepping_in(qtbot, check: Callable[..., None], tmp_path: Path) -> None:
    """The question, its seconds and what became of it."""
    popup = Popup(ChangeController(Settings().actions), Settings())
    qtbot.addWidget(popup)
    tray = StepIn(qtbot, tmp_path)
    tray.controller.attach(popup)
    tray.start()
    tray.read()
    shown = [text for bar in popup.findChildren(MessageBar) for text in texts(bar)]
    tray.daemon.accept()
    tray.daemon.press("now")
    qtbot.waitUntil(lambda: bool(tray.told), timeout=20_000)
    tray.close()
    for alert in tray.daemon.shown:
        shown += [alert.summary, alert.body, *(label for _, label in alert.actions)]
    check(shown + tray.told, "oomt")


def test_the_value_dialog(qtbot, check: Callable[..., None]) -> None:
    shown = []
    for assessment in ASSESSMENTS:
        controller = ChangeController(Settings().actions)
        dialog = ValueDialog(controller, Subject.of_process(assessment.risks[0]), assessment)
        for value in (-999, 0, 1000):
            dialog.value.setValue(value)
            shown += texts(dialog)
        dialog.close()
    check(shown)


def test_whether_a_program_would_fit(qtbot, check: Callable[..., None]) -> None:
    shown = []
    for assessment in ASSESSMENTS:
        dialog = FitsDialog(assessment)
        qtbot.addWidget(dialog)
        for size in ("1M", "9G", "20G", "900T", "much", ""):
            dialog.size_field.setText(size)
            shown += texts(dialog)
    check(shown, "much panic_on_oom oom_kill_allocating_task")


def test_rules(qtbot, check: Callable[..., None], tmp_path: Path, xdg: Path) -> None:
    """What waits for permission, rules from a row, and profiles."""
    ui = PopupWithRules(qtbot, tmp_path)
    shown: list[str] = []
    ui.path.write_text(WAITS)
    ui.start()
    ui.start(4243)
    ui.start(4300, name=b"nginx")
    for _ in range(2):
        ui.scan()
        shown += texts(ui.bar)
    ui.path.write_text("[[rule]]\nxyzzy = 1\n")
    ui.scan()
    shown += texts(ui.popup)
    for action in ("always-protect", "always-deprioritize"):
        ui.popup.menu.chosen.emit(action, ui.subject())
        shown += texts(ui.dialogs.dialog)
        ui.dialogs.dialog.close()
    ui.popup.profiles_wanted.emit(ALL)
    for choice in range(ui.dialogs.dialog.choice.count()):
        ui.dialogs.dialog.choice.setCurrentIndex(choice)
        shown += texts(ui.dialogs.dialog)
    ui.dialogs.dialog.close()
    ui.popup.put_away()
    ui.monitor.close()
    check(shown, "hog The nginx xyzzy protect deprioritize", str(tmp_path), *profiles())


def profiles() -> list[str]:
    from oomtray.actions.rules.profiles import load_profiles

    return [" ".join(map(str, rule.conditions.values())) for one in load_profiles() for rule in one.rules]


@pytest.mark.parametrize("user", [False, True])
def test_the_unit_dialog(qtbot, check: Callable[..., None], private_bus, xdg: Path, user: bool) -> None:
    with systemd_manager(private_bus, xdg) as manager:
        manager.start(0)
        dialog = UnitDialog(manager.changer(), Presets(), ServiceName("x.service", user), None)
        qtbot.addWidget(dialog)
        dialog.show()
        shown = texts(dialog)
        qtbot.waitUntil(lambda: dialog.value.isEnabled(), timeout=10_000)
        for choice in range(dialog.value.count()):
            dialog.value.setCurrentIndex(choice)
            shown += texts(dialog)
        keys = "x.service Service OOMScoreAdjust OOMPolicy ManagedOOMPreference io.github.oomtray.OOMTray systemd-oomd stop"
        check(shown, keys, dropin.HEADER, str(xdg))


def test_reports(qtbot, check: Callable[..., None], tmp_path: Path) -> None:
    """Of processes that are there no more, which is what each action can be tried on."""
    reports: list[Report] = []
    changer = Changer(Settings().actions, journal=Journal(str(tmp_path)), proc=str(tmp_path))
    controller = ChangeController(Settings().actions, changer=changer)
    controller.reported.connect(reports.append)
    assessment = desktops.desktop()
    subjects = [Subject.of_app(assessment.apps[0]), Subject.of_process(assessment.risks[0])]
    for subject in subjects:
        for action in ("protect", "deprioritize", "first", "kill", "end"):
            controller.do(action, subject, assessment)
        controller.set_value(7, subject, assessment)
    shown = [text for report in reports for text in (report.text, *(offer.label for offer in report.offers))]
    check([*shown, *(offer.hint for report in reports for offer in report.offers)])


def test_what_became_of_an_ending(check: Callable[..., None]) -> None:
    def ended(number: signal.Signals, *names: str) -> EndingResult:
        sent = tuple(Ending(7 + n, 1, name, number, done=True) for n, name in enumerate(names))
        return EndingResult(sent, sent)

    one, many = ended(signal.SIGTERM, "firefox"), ended(signal.SIGKILL, *["firefox"] * 7)
    processes = [risk.process for risk in ASSESSMENTS[0].apps[0].members]
    check([
        messages.waits("Firefox", processes, 3), messages.called_off(["Firefox"], unseen=True), messages.called_off(["Firefox"], unseen=False),
        *(say("Firefox", result) for result in (one, many) for say in (messages.stayed, messages.unkillable)),
        *(messages.gone("Firefox", result) for result in (one, many)),
    ], "Firefox")
