"""Names and icons in the window: at once what is known, then what was read in the background."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from oomtray.kernel.snapshot import Process
from oomtray.messages import names
from oomtray.risk.judged import App
from oomtray.ui.controllers.app_label import AppLabel, plain_name
from oomtray.ui.controllers.app_labels import AppLabels
from oomtray.ui.qt.app_tiles import glyph
from oomtray.ui.qt.icons import app_icon
from tests.facts.assessments import app, risk
from tests.facts.processes import process

pytestmark = pytest.mark.usefixtures("qapp")

USER = "/user.slice/user-1000.slice/user@1000.service/app.slice"
CONTAINER = "4f3a" * 16


class Machine:
    """Installed apps, and a /proc with what the processes of a test run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "data"
        self.environ = {"HOME": str(root), "XDG_DATA_HOME": str(self.data), "XDG_DATA_DIRS": str(root / "none"), "PATH": "/usr/bin"}

    def install(self, id_: str, **keys: str) -> None:
        folder = self.data / "applications"
        folder.mkdir(parents=True, exist_ok=True)
        lines = ({"Type": "Application", "Name": id_} | keys).items()
        (folder / f"{id_}.desktop").write_text("[Desktop Entry]\n" + "".join(f"{k}={v}\n" for k, v in lines))

    def picture(self, name: str, color: str, size: int = 24) -> None:
        folder = self.data / f"icons/hicolor/{size}x{size}/apps"
        folder.mkdir(parents=True, exist_ok=True)
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(QColor(color))
        image.save(str(folder / f"{name}.png"))

    def runs(self, one: Process, *arguments: str, directory: str = "/") -> Process:
        folder = self.root / "proc" / str(one.pid)
        folder.mkdir(parents=True)
        (folder / "cmdline").write_bytes(b"".join(argument.encode() + b"\0" for argument in arguments))
        (folder / "stat").write_text(f"{one.pid} (x) S " + " ".join(["1"] * 18) + f" {one.start_time} 0")
        (folder / "cwd").symlink_to(directory)
        return one

    def labels(self) -> AppLabels:
        return AppLabels(proc=str(self.root / "proc"), environ=self.environ, home=str(self.root / "home"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def settled(qtbot: QtBot, labels: AppLabels, asked: App) -> AppLabel:
    """Once all that it asks for was read."""
    labels.of_app(asked)
    qtbot.waitUntil(lambda: labels.of_app(asked).icon is not None and not labels.reads)
    return labels.of_app(asked)


def python(pid: int = 4242, **changes: Any) -> Process:
    return process(pid, **({"name": "python3", "exe": "/usr/bin/python3.11"} | changes))


def of(*processes: Process, key: str = "python3.11", **changes: Any) -> App:
    return app(key, members=tuple(risk(of=one) for one in processes), **({"name": key, "kind": "executable", "uid": 1000} | changes))


def test_until_something_is_known_it_says_what_the_lists_say(machine: Machine) -> None:
    assert machine.labels().of_app(of(python())) == AppLabel("python3.11", "", None)


def test_an_app_is_named_by_the_entry_of_its_unit(qtbot: QtBot, machine: Machine) -> None:
    machine.install("org.mozilla.firefox", Name="Firefox Web Browser", Icon="ff")
    machine.picture("ff", "#ff0000")
    one = process(exe="/app/lib/firefox", unit_cgroup=f"{USER}/app-flatpak-org.mozilla.firefox-812.scope")
    label = settled(qtbot, machine.labels(), of(one, key="firefox", kind="app"))
    assert (label.name, label.detail) == ("Firefox Web Browser", "")
    assert label.icon is not None
    assert label.icon.pixmap(24, 24).toImage().pixelColor(12, 12) == QColor("#ff0000")


def test_a_broken_picture_gives_way_to_a_drawn_one(qtbot: QtBot, machine: Machine) -> None:
    machine.install("editor", Name="Editor", Icon=str(machine.root / "bad.svg"))
    (machine.root / "bad.svg").write_text("<svg><g id='a'><use href='#a'/></g>")
    one = process(unit_cgroup=f"{USER}/app-gnome-editor-812.scope")
    label = settled(qtbot, machine.labels(), of(one, key="editor", kind="app"))
    assert label.icon is not None
    assert not label.icon.pixmap(24, 24).isNull()


@pytest.mark.parametrize(
    ("key", "name"),
    [
        pytest.param("viewer", "Portal", id="of its entry, which has no icon"),
        pytest.param("org.gnome.Shell@wayland", "GNOME Shell", id="of no entry"),
    ],
)
def test_a_drawn_icon_has_the_letter_of_the_name_beside_it(qtbot: QtBot, machine: Machine, key: str, name: str) -> None:
    machine.install("viewer", Name="Portal")
    one = process(unit_cgroup=f"{USER}/app-gnome-{key}-812.scope")
    label = settled(qtbot, machine.labels(), of(one, key=key, kind="app"))
    assert label.name == name
    assert label.icon is not None
    assert label.icon.pixmap(24, 24).toImage() == glyph("letter", name).pixmap(24, 24).toImage()


def test_a_script_is_named_with_its_interpreter_and_directory(qtbot: QtBot, machine: Machine) -> None:
    lab = machine.root / "home/lab"
    lab.mkdir(parents=True)
    one = machine.runs(python(), "python3", "train.py", directory=str(lab))
    labels = machine.labels()
    label = settled(qtbot, labels, of(one))
    assert (label.name, label.detail) == ("train.py", "python3 · ~/lab")
    alone = labels.of_process(risk(of=one))
    assert (alone.name, alone.detail) == ("train.py", "python3 · ~/lab")


def test_several_scripts_of_one_interpreter_stand_below_its_name(qtbot: QtBot, machine: Machine) -> None:
    running = [machine.runs(python(pid), "python3", name) for pid, name in ((1, "a.py"), (2, "b.py"), (3, "c.py"), (4, "b.py"))]
    label = settled(qtbot, machine.labels(), of(*running))
    assert (label.name, label.detail) == ("python3.11", "a.py, b.py and 1 more")


def test_a_script_that_is_an_app_of_its_own_has_its_name_and_place(qtbot: QtBot, machine: Machine) -> None:
    lab = machine.root / "home/lab"
    lab.mkdir(parents=True)
    one = machine.runs(python(), "python3", "train.py", directory=str(lab))
    label = settled(qtbot, machine.labels(), of(one, key="train.py (python3.11)", name="train.py"))
    assert (label.name, label.detail) == ("train.py", "python3 · ~/lab")


def test_this_program_has_its_own_name_and_icon(qtbot: QtBot, machine: Machine) -> None:
    one = machine.runs(python(os.getpid()), "python3", "-m", "oomtray")
    labels, shown = machine.labels(), of(one, key="oomtray (python3.11)", name="oomtray")
    label = settled(qtbot, labels, shown)
    assert (label.name, label.detail) == ("OOM Tray", "")
    assert label.icon is not None
    assert label.icon.pixmap(24, 24).toImage() == app_icon().pixmap(24, 24).toImage()
    assert labels.of_process(risk(of=one)).name == "OOM Tray"
    assert names.app_name(shown) == "OOM Tray"


def test_beside_another_script_this_program_is_no_name_for_both(qtbot: QtBot, machine: Machine) -> None:
    own, other = machine.runs(python(os.getpid()), "python3", "-m", "oomtray"), machine.runs(python(7), "python3", "a.py")
    assert settled(qtbot, machine.labels(), of(own, other)).name == "python3.11"


def test_a_script_that_is_an_app_has_that_apps_name(qtbot: QtBot, machine: Machine) -> None:
    tool = machine.root / "tool"
    tool.touch(0o755)
    machine.install("org.x.Tool", Name="The Tool", Exec=str(tool))
    label = settled(qtbot, machine.labels(), of(machine.runs(python(), "python3", str(tool))))
    assert (label.name, label.detail) == ("The Tool", "")


def test_a_container_has_the_name_that_podman_knows(qtbot: QtBot, machine: Machine) -> None:
    kept = machine.data / "containers/storage/overlay-containers"
    kept.mkdir(parents=True)
    (kept / "containers.json").write_text(json.dumps([{"id": CONTAINER, "names": ["shop-db"]}]))
    path = f"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{CONTAINER}.scope/container"
    label = settled(qtbot, machine.labels(), of(process(unit_cgroup=path), key="libpod-4f3a4f3a4f3a", name="libpod 4f3a4f3a4f3a", kind="service"))
    assert (label.name, label.detail) == ("shop-db", "podman container")


def test_a_service_of_the_system_is_no_installed_app(qtbot: QtBot, machine: Machine) -> None:
    machine.install("sshd", Name="Something else", Exec="sshd")
    one = process(name="sshd", exe="/usr/sbin/sshd", unit_cgroup="/system.slice/ssh.service", uid=0)
    label = settled(qtbot, machine.labels(), of(one, key="ssh.service", name="ssh", kind="service", uid=None))
    assert label.name == "ssh"


def test_an_app_that_is_installed_later_is_found_when_somebody_looks_again(qtbot: QtBot, machine: Machine) -> None:
    labels = machine.labels()
    asked = of(process(unit_cgroup=f"{USER}/app-gnome-editor-812.scope"), key="editor", kind="app")
    assert settled(qtbot, labels, asked).name == "editor"
    machine.install("editor", Name="Editor")
    with qtbot.waitSignal(labels.changed):
        labels.look_again()
    assert labels.of_app(asked).name == "Editor"


def test_a_name_that_the_kernel_cut_is_whole(qtbot: QtBot, machine: Machine) -> None:
    labels = machine.labels()
    one = process(name="gnome-terminal-", exe="/usr/libexec/gnome-terminal-server")
    settled(qtbot, labels, of(one, key="gnome-terminal-server"))
    assert labels.of_process(risk(of=one)).name == "gnome-terminal-server"
    other = process(name="Isolated Web Co", exe="/usr/lib/firefox/firefox")
    assert labels.of_process(risk(of=other)).name == "Isolated Web Co"


def test_the_cut_name_of_a_program_that_may_not_be_read_is_whole_too(qtbot: QtBot, machine: Machine) -> None:
    """As of other users' processes: “qemu-system-x86”."""
    labels = machine.labels()
    one = machine.runs(process(name="qemu-system-x86", exe=None, uid=0), "/usr/bin/qemu-system-x86_64", "-m", "2G")
    asked = of(one, key="qemu-system-x86", uid=0)

    settled(qtbot, labels, asked)
    qtbot.waitUntil(lambda: labels.of_app(asked).name == "qemu-system-x86_64")

    assert names.app_name(asked) == "qemu-system-x86_64"
    qtbot.waitUntil(lambda: labels.of_process(risk(of=one)).name == "qemu-system-x86_64")

    (machine.root / "proc" / str(one.pid) / "cmdline").write_bytes(b"/usr/libexec/power-profiles-daemon\0")
    then = one._replace(name="power-profiles-")  # it runs another program now
    qtbot.waitUntil(lambda: labels.of_process(risk(of=then)).name == "power-profiles-daemon")


@pytest.mark.parametrize("exe", [None, "/opt/x-\uac00\ub098\ub2e4\ub77c\ub9c8"], ids=["may not be read", "may be read"])
def test_a_name_that_the_kernel_cut_within_a_character_is_whole_and_read_once(qtbot: QtBot, machine: Machine, exe: str | None) -> None:
    labels = machine.labels()
    whole = "x-\uac00\ub098\ub2e4\ub77c\ub9c8"
    one = machine.runs(process(name=f"{whole[:-1]}\\xeb", exe=exe, uid=0), f"/opt/{whole}")

    qtbot.waitUntil(lambda: labels.of_process(risk(of=one)).name == whole)
    qtbot.waitUntil(lambda: not labels.reads)

    labels.of_process(risk(of=one))
    assert not labels.reads


def test_a_process_that_has_ended_keeps_its_cut_name_and_is_read_once(qtbot: QtBot, machine: Machine) -> None:
    labels = machine.labels()
    asked = of(process(name="power-profiles-", exe=None, uid=0), key="power-profiles-", uid=0)

    label = settled(qtbot, labels, asked)

    assert label.name == "power-profiles-"
    assert not labels.reads


def test_hostile_names_are_made_harmless(qtbot: QtBot, machine: Machine) -> None:
    machine.install("evil", Name="a\u202eb\\nc")
    one = process(unit_cgroup=f"{USER}/app-gnome-evil-812.scope")
    label = settled(qtbot, machine.labels(), of(one, key="evil", kind="app"))
    assert "\u202e" not in label.name
    assert "\n" not in label.name


def test_sentences_say_the_same_name(qtbot: QtBot, machine: Machine) -> None:
    machine.install("slack", Name="Slack Messenger")
    one = process(unit_cgroup=f"{USER}/app-gnome-slack-812.scope")
    asked = of(one, key="slack", kind="app")
    assert names.app_name(asked) == "slack"
    settled(qtbot, machine.labels(), asked)
    assert names.app_name(asked) == "Slack Messenger"


def test_a_scripts_name_is_not_said_of_another_process(qtbot: QtBot, machine: Machine) -> None:
    settled(qtbot, machine.labels(), of(machine.runs(python(), "python3", "train.py")))
    assert names.app_name(of(python())) == "train.py"
    assert names.app_name(of(python(), python(7))) == "python3.11"
    assert names.app_name(of(python(start_time=9))) == "python3.11"
    assert names.called(risk(of=python())) == "train.py (4242)"


@pytest.mark.parametrize(
    ("unit", "says"),
    [
        pytest.param("org.gnome.Shell@wayland", "GNOME Shell", id="GNOME"),
        pytest.param("plasma-plasmashell", "Plasma", id="KDE"),
        pytest.param("org.gnome.Shellfish@wayland", "org.gnome.Shellfish@wayland", id="another of that beginning"),
    ],
)
def test_the_desktop_itself_is_called_by_its_name(unit: str, says: str) -> None:
    assert plain_name(app(unit, name=unit)) == says


def test_a_process_whose_name_is_empty_has_quotes_for_a_label(machine: Machine) -> None:
    nameless = risk(of=process(7, name="", exe=None))
    labels = machine.labels()

    assert labels.of_process(nameless).name == "''"
    assert labels.of_app(app(key="", name="", kind="program", members=(nameless,))).name == "''"
