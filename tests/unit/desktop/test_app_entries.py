"""Which installed app a program belongs to, and what its desktop entry says; broken and hostile entries are left out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomtray.desktop.app_entries import AppEntries, folders, read, stamp
from oomtray.desktop.app_entry import parse
from tests.unit.hostile_files import content

FIREFOX = """\
# a comment
[Desktop Entry]
Type=Application
Name=Firefox ESR
Name[ko]=파이어폭스
Name[pt_BR]=Raposa
Icon=firefox-esr
Exec=/usr/lib/firefox-esr/firefox-esr %u
StartupWMClass=Firefox-esr

[Desktop Action new-window]
Name=New window
Exec=/usr/lib/firefox-esr/firefox-esr --new-window
"""


def entry(**keys: str) -> str:
    return "[Desktop Entry]\n" + "".join(f"{k}={v}\n" for k, v in ({"Type": "Application", "Name": "App"} | keys).items())


class Installed:
    """Folders of data with entries and programs in them."""

    def __init__(self, root: Path) -> None:
        self.environ = {"HOME": str(root), "XDG_DATA_HOME": str(root / "own"), "XDG_DATA_DIRS": str(root / "system"),
                        "PATH": str(root / "bin")}  # fmt: skip
        self.root = root

    def add(self, name: str, text: str, where: str = "system") -> None:
        path = self.root / where / "applications" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def program(self, path: str) -> str:
        made = self.root / path
        made.parent.mkdir(parents=True, exist_ok=True)
        made.touch(0o755)
        return str(made)

    def read(self, *languages: str) -> AppEntries:
        return read(languages, self.environ)


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path)


@pytest.mark.parametrize(
    ("languages", "name"),
    [((), "Firefox ESR"), (("ko_KR", "ko"), "파이어폭스"), (("pt_BR", "pt"), "Raposa"), (("pt", "ko"), "파이어폭스"), (("fr",), "Firefox ESR")],
)
def test_the_name_is_in_the_first_language_that_it_has(languages: tuple[str, ...], name: str) -> None:
    found = parse("firefox-esr", FIREFOX, languages)
    assert found is not None
    assert (found.name, found.icon, found.program, found.plain) == (name, "firefox-esr", "/usr/lib/firefox-esr/firefox-esr", True)


@pytest.mark.parametrize(
    ("command", "program", "plain"),
    [
        ("slack %U", "slack", True),
        ('"/opt/never ended %U', "/opt/never ended %U", True),
        ('"run\\\\', "run", True),
        ("code --new-window %F", "code", False),
        ("env GDK_BACKEND=x11 gimp %U", "gimp", True),
        ('"/opt/My App/app" %f', "/opt/My App/app", True),
        ("python3 /usr/share/tool/tool.py", "/usr/share/tool/tool.py", True),
        ("flatpak run --command=x org.x.Y", None, False),
        ("sh -c 'x | y'", None, False),
        ("", None, False),
        ("env", None, False),
    ],
)
def test_the_command_names_the_program(command: str, program: str | None, plain: bool) -> None:
    found = parse("x", entry(Exec=command))
    assert found is not None
    assert (found.program, found.plain) == (program, plain)


@pytest.mark.parametrize("text", ["", "Name=x", entry(Type="Link"), entry(Hidden="true"), entry(Name=""), "[Desktop Entry]\nName=x\n"])
def test_what_is_no_app_is_left_out(text: str) -> None:
    assert parse("x", text) is None


@given(st.text(max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    parse("x", text)
    parse("x", f"[Desktop Entry]\nType=Application\nName=x\nExec={text}\nIcon={text}\n", ("ko",))


def test_no_content_of_an_entry_stops_the_others(installed: Installed) -> None:
    installed.add("good.desktop", entry(Name="Good"))
    folder = installed.root / "system/applications"
    for number in range(60):
        (folder / f"bad{number}.desktop").write_bytes(content([FIREFOX.encode()], number))
    os.mkfifo(folder / "pipe.desktop")
    (folder / "loop.desktop").symlink_to("loop.desktop")
    (folder / "zero.desktop").symlink_to("/dev/zero")
    (folder / "folder.desktop").mkdir()
    (folder / "below").symlink_to(folder)
    found = installed.read().of_id("good")
    assert found is not None
    assert found.name == "Good"


def test_the_users_own_entry_comes_before_the_systems(installed: Installed) -> None:
    installed.add("org.x.Editor.desktop", entry(Name="Theirs"))
    installed.add("org.x.Editor.desktop", entry(Name="Mine"), "own")
    found = installed.read().of_id("org.x.editor")
    assert found is not None
    assert found.name == "Mine"


def test_a_hidden_entry_takes_the_systems_away(installed: Installed) -> None:
    installed.add("editor.desktop", entry(Exec="editor"))
    installed.add("editor.desktop", entry(Hidden="true"), "own")
    assert installed.read().of_id("editor") is None


def test_an_app_below_a_folder_has_it_in_its_id(installed: Installed) -> None:
    installed.add("kde/kate.desktop", entry(Name="Kate"))
    assert installed.read().of_id("kde-kate") is not None


def test_a_snap_is_found_by_its_name(installed: Installed) -> None:
    installed.add("firefox_firefox.desktop", entry(Name="Firefox"))
    installed.add("shop_till.desktop", entry(Name="Till"))
    entries = installed.read()
    assert [found.name for id_ in ("firefox", "shop") if (found := entries.of_id(id_)) is not None] == ["Firefox", "Till"]


def test_a_program_is_known_by_its_path_through_links(installed: Installed) -> None:
    real = installed.program("lib/editor/editor-real")
    installed.program("bin/x")
    (installed.root / "bin/editor").symlink_to(real)
    installed.add("org.x.Editor.desktop", entry(Name="Editor", Exec="editor %F"))
    found = installed.read().of_program(real, "editor-real")
    assert found is not None
    assert found.name == "Editor"


@pytest.mark.parametrize(
    ("exe", "name", "known"),
    [
        ("/usr/lib/editor/editor", "editor", True),
        ("/usr/lib/editor/editor (deleted)", "editor", True),
        ("/usr/lib/editor/editor.bin", "editor.bin", True),
        (None, "editor", True),
        ("/home/me/lab/editor", "editor", False),  # somebody's own program of that name
        ("/tmp/editor", "editor", False),
        ("/usr/bin/other", "editor", False),
    ],
)
def test_a_bare_name_counts_where_programs_are_installed(installed: Installed, exe: str | None, name: str, known: bool) -> None:
    installed.add("org.x.Editor.desktop", entry(Name="Editor", Exec="editor %F"))
    assert (installed.read().of_program(exe, name) is not None) == known


def test_the_app_itself_comes_before_its_parts(installed: Installed) -> None:
    installed.add("a-web-app.desktop", entry(Name="Mail", Exec="chrome --app-id=x"))
    installed.add("chrome.desktop", entry(Name="Chrome", Exec="chrome %U"))
    installed.add("a-hidden.desktop", entry(Name="Hidden", Exec="chrome %U", NoDisplay="true"))
    found = installed.read().of_program("/usr/bin/chrome", "chrome")
    assert found is not None
    assert found.name == "Chrome"


def test_another_programs_window_does_not_name_a_terminal(installed: Installed) -> None:
    installed.add("mc.desktop", entry(Name="Commander", Exec="xterm -e mc"))
    assert installed.read().of_program("/usr/bin/xterm", "xterm") is None


def test_an_app_is_known_by_its_window_class(installed: Installed) -> None:
    installed.add("com.x.client.desktop", entry(Name="Music", Exec="flatpak run com.x.client", StartupWMClass="Tunes"))
    found = installed.read().of_program(None, "tunes")
    assert found is not None
    assert found.name == "Music"


def test_the_stamp_differs_once_an_app_was_installed(installed: Installed) -> None:
    installed.add("a.desktop", entry())
    folder = installed.root / "system/applications"
    os.utime(folder, ns=(1, 1))
    before = stamp(installed.environ)
    installed.add("b.desktop", entry())
    assert stamp(installed.environ) != before
    assert installed.read().stamp == stamp(installed.environ)


def test_the_folders_are_those_of_the_specification_and_of_flatpak_and_snap() -> None:
    assert folders({"HOME": "/home/me"}) == [
        "/home/me/.local/share", "/home/me/.local/share/flatpak/exports/share", "/usr/local/share", "/usr/share",
        "/var/lib/flatpak/exports/share", "/var/lib/snapd/desktop",
    ]  # fmt: skip
    assert folders({"HOME": "/home/me", "XDG_DATA_HOME": "/d", "XDG_DATA_DIRS": "/a:relative:/b"})[2:4] == ["/a", "/b"]
