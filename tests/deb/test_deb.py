"""The Debian package: built, checked, installed into a Debian 13 and a Debian 12, used there and removed again.

Debian 12 has no PySide6: there the package brings the text commands, and the helper for an app that runs from elsewhere.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oomtray import __version__
from oomtray.actions.units import dropin
from tests.rigs.commands.contract import CHANGES, LIST, read
from tests.rigs.debian.debian_tree import debian_tree
from tests.rigs.debian.root import PATH, UID, USER, Root
from tests.rigs.debian.trixie import relations, trixie
from tests.rigs.desktop.session import Desktop
from tests.rigs.processes.programs import Program, need_programs, wait_for
from tests.rigs.processes.users import sleeper

ROOT = Path(__file__).parents[2]
HELPER = "/usr/libexec/oomtray/oomtray-helper"
BUS = "/run/dbus/system_bus_socket"
RULE = f"""polkit.addRule(function(action, subject) {{
    if (action.id == "io.github.oomtray.adjust-own" && subject.user == "{USER}") return polkit.Result.YES;
}});"""

SETTLED = 150.0
"""Seconds until the tray has read again, a minute at the most, and the files have been left alone for some time."""
TREES = {"Debian 13": trixie, "Debian 12": debian_tree}


@contextmanager
def fresh(release: str, package: Path) -> Iterator[Root]:
    with Root(TREES[release]()) as root:
        shutil.copy(package, root.path("/root/oomtray.deb"))
        yield root


def install(root: Root) -> None:
    # no package lists are there: what it depends on must be in the tree, or this fails
    root.run(["apt-get", "install", "-y", "--no-install-recommends", "/root/oomtray.deb"])


@pytest.fixture(scope="module", params=TREES)
def installed(request: pytest.FixtureRequest, package: Path) -> Iterator[Root]:
    with fresh(request.param, package) as root:
        install(root)
        yield root


@pytest.fixture(scope="module")
def on_trixie(package: Path) -> Iterator[Root]:
    with fresh("Debian 13", package) as root:
        install(root)
        yield root


@contextmanager
def polkit(root: Root, logs: Path, rule: str = "") -> Iterator[None]:
    """A system bus and polkit running in it."""
    root.run(["mkdir", "-p", "/run/dbus"])
    rules = root.path("/etc/polkit-1/rules.d/10-test.rules")
    rules.write_text(rule)
    daemon = ["dbus-daemon", "--system", "--nofork", "--nopidfile", "--nosyslog"]
    bus, authority = [
        Program(root.command(argv), {"PATH": PATH}, logs / f"{Path(argv[0]).name}.log")
        for argv in (daemon, ["/usr/lib/polkit-1/polkitd"])
    ]
    try:
        bus.start()
        wait_for(root.path(BUS).exists, "the system bus")
        authority.start()
        wait_for(lambda: root.run(["pkaction"], fails=True).returncode == 0, "polkit")
        yield
    finally:
        authority.stop()
        bus.stop()
        root.path(BUS).unlink(missing_ok=True)
        rules.unlink()


# -- the package


def test_lintian_finds_neither_errors_nor_warnings(package: Path) -> None:
    need_programs({"lintian": "lintian"})
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on=error,warning", package],
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_it_is_the_programs_version(package: Path) -> None:
    version = subprocess.run(["dpkg-deb", "--field", package, "Version"], capture_output=True, text=True)
    assert version.stdout.strip() == __version__


def test_all_in_it_is_roots_and_nothing_is_local(package: Path) -> None:
    listing = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True).stdout
    rows = [re.split(r"\s+", line, maxsplit=5) for line in listing.splitlines()]
    assert {row[1] for row in rows} == {"root/root"}
    assert [row[5] for row in rows if "/local/" in row[5]] == []
    assert {row[5] for row in rows if row[0] == "-rwxr-xr-x"} == {
        "./usr/bin/oomtray",
        f".{HELPER}",
        "./usr/share/python3/runtime.d/oomtray.rtupdate",  # dh_python3's
    }


def test_it_asks_for_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = dict(re.fullmatch(r"([\w-]+)>=([\d.]+).*", item).groups() for item in project["dependencies"])  # type: ignore[union-attr]
    python = project["requires-python"].removeprefix(">=")
    qt = wanted.pop("PySide6-Essentials")
    control = (ROOT / "packaging/debian/control").read_text()
    assert f" python3 (>= {python})," in control
    assert {name for name in relations("Depends") if name.startswith("python3-")} == {
        f"python3-{name}" for name in wanted
    }
    for name, version in wanted.items():
        assert f" python3-{name} (>= {version})," in control

    modules = set()
    for file in (ROOT / "oomtray").rglob("*.py"):
        modules |= set(re.findall(r"(?:from|import) PySide6\.(\w+)", file.read_text()))
    packages = {f"python3-pyside6.{module.lower()}" for module in modules}
    assert {name for name in relations("Recommends") if name.startswith("python3-")} == packages
    for name in packages:
        assert f" {name} (>= {qt})," in control


# -- installed


def test_commands_answer(installed: Root) -> None:
    answer = read(installed.run(["oomtray", "list", "--json"], user=True).stdout, LIST)
    assert answer["processes"]


def test_the_rules_that_come_along_are_there(installed: Root) -> None:
    said = installed.run(["oomtray", "rules", "profile", "databases", "--dry-run"], user=True).stdout
    assert said.startswith("Databases: ")


def test_doctor_is_content_with_helper_and_policy(installed: Root) -> None:
    checks = json.loads(installed.run(["oomtray", "doctor", "--json"], user=True, fails=True).stdout)["checks"]
    known = {check["id"]: check["ok"] for check in checks}
    assert (known["helper"], known["policy"]) == (True, True)


def test_the_helper_is_roots_alone(installed: Root) -> None:
    for path in (HELPER, str(Path(HELPER).parent)):
        info = installed.path(path).lstat()
        assert (info.st_uid, info.st_gid, info.st_mode & 0o7777) == (0, 0, 0o755), path


def test_polkit_knows_the_actions(installed: Root, tmp_path: Path) -> None:
    with polkit(installed, tmp_path):
        said = installed.run(["pkaction"], user=True).stdout.split()
    names = ["adjust-other", "adjust-own", "edit-unit", "read-kills"]
    assert [name for name in said if "oomtray" in name] == [f"io.github.oomtray.{name}" for name in names]


@pytest.mark.parametrize("permitted", [False, True], ids=["refused", "permitted"])
def test_the_program_reaches_the_helper_through_polkit(
    installed: Root, tmp_path: Path, permitted: bool
) -> None:
    """Nobody sits at a screen here, so the policy itself refuses."""
    process = sleeper(user=UID)
    try:
        with polkit(installed, tmp_path, RULE if permitted else ""):
            done = installed.run(["oomtray", "protect", "--json", f"{process.pid}"], user=True, fails=True)
    finally:
        process.kill()
        process.wait()
    (change,) = read(done.stdout, CHANGES)["changes"]
    if not permitted:
        assert (done.returncode, change["error"]) == (3, "needs-authorisation")
    elif change["done"]:
        assert (done.returncode, change["to"], change["error"]) == (0, -500, None)
    else:  # a root without CAP_SYS_RESOURCE, as in a container
        assert change["error"] == "refused-by-kernel"


def test_the_tray_shows_its_icon_and_popup(on_trixie: Root) -> None:
    with Desktop() as desk:
        app = desk.run(on_trixie.command(["/usr/bin/oomtray"]))
        icon = desk.wait_for_tray_icon()
        desk.opens(lambda: desk.click_on(icon), title="OOM Tray")
        assert app.stop() == 0, app.output()


def test_the_running_tray_starts_anew_after_an_update_and_ends_after_a_removal(package: Path) -> None:
    with fresh("Debian 13", package) as root, Desktop() as desk:
        install(root)
        app = desk.run(root.command(["/usr/bin/oomtray"]))
        desk.wait_for_tray_icon()
        environment = Path(f"/proc/{app.pid}/environ")
        before = environment.read_bytes()
        root.run(["apt-get", "install", "-y", "--no-install-recommends", "--reinstall", "/root/oomtray.deb"])
        wait_for(lambda: environment.read_bytes() != before, "the tray to start anew", SETTLED)
        desk.wait_for_tray_icon()
        popup = desk.opens(desk.click_icon, title="OOM Tray")
        root.run(["apt-get", "remove", "-y", "oomtray"])
        desk.key("Escape")
        desk.wait_for_no_window(popup.title)
        wait_for(lambda: not app.alive, "the tray to end", SETTLED)
        assert app.returncode == 0, app.output()


def test_without_pyside6_the_tray_says_what_is_missing(package: Path) -> None:
    with fresh("Debian 12", package) as root:
        install(root)
        done = root.run(["oomtray"], user=True, env={"DISPLAY": ":99"}, fails=True)
    assert done.returncode == 1
    assert re.fullmatch(r"oomtray: [^\n]*PySide6[^\n]*\n", done.stderr)


# -- removed


@pytest.mark.parametrize("release", TREES)
def test_it_leaves_nothing_behind(release: str, package: Path) -> None:
    with fresh(release, package) as root:
        before = root.files()
        install(root)
        during = root.files()
        assert HELPER in during
        assert [path for path in during if path.endswith(".pyc") and "/oomtray/" in path], (
            "compiled for its users"
        )
        for user in (True, False):
            root.run(["oomtray", "list"], user=user)
        root.run(["apt-get", "remove", "-y", "oomtray"])
        assert root.files() == before


@pytest.mark.parametrize("release", TREES)
def test_purge_takes_back_what_was_set_for_services_and_leaves_what_others_wrote(release: str, package: Path) -> None:
    """Without the package nothing else would, and systemd goes on obeying the files."""
    with fresh(release, package) as root:
        install(root)
        ours, edited = (root.path(f"/etc/systemd/system/{name}.service.d/50-oomtray.conf") for name in ("db", "web"))
        for file, first in ((ours, dropin.HEADER), (edited, "# mine\n")):
            file.parent.mkdir(parents=True)
            file.write_text(f"{first}[Service]\nOOMScoreAdjust=-500\n")
        (ours.parent.parent / "another-name.service.d").symlink_to(ours.parent.name)

        root.run(["apt-get", "remove", "-y", "oomtray"])
        assert ours.exists(), "it may be installed again"
        root.run(["apt-get", "purge", "-y", "oomtray"])

        assert not ours.parent.exists()
        assert edited.exists()
        assert "oomtray" not in root.run(["dpkg-query", "--show"]).stdout
