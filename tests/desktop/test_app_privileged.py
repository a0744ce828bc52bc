"""What needs an administrator, from the click and the password that is typed to the value in the kernel.

The app is an ordinary user's, and polkitd, pkexec and the helper are real.
Where root itself lacks CAP_SYS_RESOURCE, as in a container, no value can go below a process's floor. There Protect ends with
the kernel's refusal, told as such. Lowering by root is seen on any machine above the floor: with root's own processes, and
with one that closed itself to its owner (PR_SET_DUMPABLE, as ssh-agent does), whose files in /proc are root's.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desktop.app import TITLE, App
from tests.rigs.desktop.accessible import Node
from tests.rigs.desktop.seated import DIALOG, SeatedDesktop
from tests.rigs.desktop.session import wait_for
from tests.rigs.polkit.rig import USERS, PolkitRig
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.proc import adj_of

pytestmark = pytest.mark.polkit

OWN, OTHER, READ = (f"io.github.oomtray.{name}" for name in ("adjust-own", "adjust-other", "read-kills"))
FURTHER = "going lower needs an administrator’s permission"
REFUSED = f"{FURTHER}, and it was not given"
PROTECT, DEPRIORITIZE = 1, 2
KILLS = 2  # in the menu at the popup's foot
RESET = 2  # below Protect, where Deprioritize has been done already

# becomes its user at once, and closes itself when told to
SLEEPER = """
import ctypes, os, signal, sys
name, user, adj = sys.argv[1].encode(), int(sys.argv[2]), sys.argv[3]
prctl = ctypes.CDLL(None).prctl
def dumpable(value):
    prctl(4, value, 0, 0, 0)  # PR_SET_DUMPABLE
def close(*_):
    dumpable(0)
    print("ready", flush=True)
os.setresgid(user, user, user)
os.setresuid(user, user, user)
prctl(15, name, 0, 0, 0)  # PR_SET_NAME
dumpable(1)
with open("/proc/self/oom_score_adj", "w") as file:
    file.write(adj)
signal.signal(signal.SIGUSR1, close)
print("ready", flush=True)
while True:
    signal.pause()
"""


@pytest.fixture(scope="module")
def polkit() -> Iterator[PolkitRig]:
    with PolkitRig() as rig:
        yield rig


@pytest.fixture
def user() -> str:
    return "ben"


@pytest.fixture
def desk(polkit: PolkitRig, user: str) -> Iterator[SeatedDesktop]:
    with SeatedDesktop(polkit, user, accessible=True) as desktop:
        yield desktop


@pytest.fixture
def app(desk: SeatedDesktop) -> App:
    app = App(desk)
    app.settings('[rows]\nshow = "processes"\n')
    return app


@pytest.fixture
def spawn(user: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """A process of the user's, or of another uid."""
    with contextlib.ExitStack() as stack:

        def start(
            name: str = "zebrafish", *, uid: int = USERS[user].uid, at: int = 0
        ) -> subprocess.Popen[str]:
            argv = [sys.executable, "-c", SLEEPER, name, str(uid), str(at)]
            process = stack.enter_context(subprocess.Popen(argv, stdout=subprocess.PIPE, text=True))
            stack.callback(process.kill)
            answer(process)
            return process

        yield start


def answer(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def open_row(desk: SeatedDesktop, app: App) -> None:
    """The popup, with the one row that is meant."""
    app.start()
    app.popup()
    app.row("")
    desk.type("zebrafish")


def pick(desk: SeatedDesktop, app: App, item: int) -> None:
    """An item of the row's menu, by its number among those that can be picked."""
    row = app.row("zebrafish")
    desk.opens(lambda: desk.click_on(row, button=3))
    desk.key(*["Down"] * item, "Return")


def cells(desk: SeatedDesktop) -> list[Node]:
    return desk.accessible.find("tree item", app="oomtray")


def said(app: App) -> str:
    """What the bar says of the process, in a sentence; that it is the next victim is told elsewhere, without one."""
    sentences = (line for line in app.says().splitlines() if line.endswith("."))
    return next((line for line in sentences if line.startswith("zebrafish (")), "")


def asked_for_a_password(desk: SeatedDesktop, app: App) -> None:
    """Protect is picked, does what it may, and its button opens the dialog."""
    open_row(desk, app)
    pick(desk, app, PROTECT)
    wait_for(lambda: FURTHER in said(app), "the bar to say how far it went")
    dialog_opens(desk, app, "Use a password…")


def dialog_opens(desk: SeatedDesktop, app: App, button: str) -> None:
    desk.opens(lambda: app.press(button), title=DIALOG)
    wait_for(lambda: desk.focused() == DIALOG, "the dialog to have the keyboard")


def enter(desk: SeatedDesktop, text: str) -> None:
    desk.type(text)
    desk.key("Return")


def outcomes(desk: SeatedDesktop) -> list[tuple[str, str]]:
    return [(dialog["action"], dialog["outcome"]) for dialog in desk.dialogs]


def test_protect_below_the_floor_with_the_administrators_password(desk, app, spawn):
    pid = spawn().pid
    asked_for_a_password(desk, app)
    enter(desk, desk.password)
    wait_for(lambda: said(app) and FURTHER not in said(app), "the bar to say what came of it")
    assert outcomes(desk) == [(OWN, "SUCCESS")]
    if adj_of(pid) == -500:
        assert "lowered from 0 to −500" in said(app)
    else:  # a root without CAP_SYS_RESOURCE, as in a container
        assert (adj_of(pid), "the kernel refuses even root to go lower" in said(app)) == (0, True)


def test_reset_of_a_process_that_has_closed_itself_is_done_by_root(desk, app, spawn):
    process = spawn()
    open_row(desk, app)
    pick(desk, app, DEPRIORITIZE)
    wait_for(lambda: adj_of(process.pid) == 300, "the process to be deprioritized")
    process.send_signal(signal.SIGUSR1)
    answer(process)
    wait_for(lambda: any("+300" in cell.name for cell in cells(desk)), "the row to show it")
    pick(desk, app, RESET)
    wait_for(lambda: FURTHER in said(app), "the bar to ask")
    assert adj_of(process.pid) == 300
    dialog_opens(desk, app, "Use a password…")
    enter(desk, desk.password)
    wait_for(lambda: adj_of(process.pid) == 0, "root to lower it")
    wait_for(lambda: "lowered from +300 to 0" in said(app), "the bar to say so")
    assert outcomes(desk) == [(OWN, "SUCCESS")]


def test_the_popup_stays_under_the_dialog_and_a_dismissed_one_is_the_end_of_it(desk, app, spawn):
    pid = spawn().pid
    asked_for_a_password(desk, app)
    desk.still()
    assert desk.windows(TITLE), "the keyboard is the dialog's, and the popup stays"
    desk.key("Escape")
    wait_for(lambda: desk.focused() == TITLE, "the popup to have the keyboard again")
    desk.still()
    assert outcomes(desk) == [(OWN, "dismissed")]
    assert (adj_of(pid), said(app)) == (0, "")
    assert not desk.accessible.find("push button", "Dismiss", app="oomtray"), "no bar"

    desk.opens(lambda: desk.run([sys.executable, "-m", "tests.rigs.polkit.dialog", "Another"]), title=DIALOG)
    desk.wait_for_no_window(TITLE)  # as with any other window that takes the keyboard


@pytest.mark.parametrize(
    ("user", "password", "dialogs"),
    [
        pytest.param("ben", "wrong", [(OWN, "FAILURE")], id="wrong-password"),
        pytest.param("dan", None, [], id="not-at-the-screen"),
    ],
)
def test_refused_is_one_sentence(desk, app, spawn, password, dialogs):
    pid = spawn().pid
    if password is None:
        open_row(desk, app)
        pick(desk, app, PROTECT)
        wait_for(lambda: FURTHER in said(app), "the bar to ask")
        app.press("Use a password…")
    else:
        asked_for_a_password(desk, app)
        enter(desk, password)
    wait_for(lambda: "not given" in said(app), "the bar to say so")
    assert said(app) == f"zebrafish ({pid}) not changed: {REFUSED}."
    assert (adj_of(pid), outcomes(desk)) == (0, dialogs)


def test_allow_is_one_dialog_for_all_rules_that_wait(desk, app, spawn):
    """Root's processes, for which each pkexec would ask anew."""
    pids = [spawn(name, uid=0, at=300).pid for name in ("zebrafish", "zebrafish", "hammerhead")]
    rules = Path(desk.env["XDG_CONFIG_HOME"]) / "oomtray/rules.toml"
    rules.write_text(
        "".join(
            f'[[rule]]\nprocess = "{name}"\nuser = "root"\nset = {value}\n\n'
            for name, value in (("zebrafish", 100), ("hammerhead", 50))
        )
    )
    app.start()
    app.popup()
    wait_for(lambda: "2 rules need your permission" in app.says(), "the line")
    assert [adj_of(pid) for pid in pids] == [300] * 3
    assert not desk.dialogs, "nobody is asked for a password unless he clicked"
    dialog_opens(desk, app, "Allow…")
    enter(desk, desk.password)
    wait_for(lambda: [adj_of(pid) for pid in pids] == [100, 100, 50], "root to lower them")
    wait_for(lambda: "permission" not in app.says(), "the line to go")
    wait_for(lambda: "oom_score_adj of 2 processes lowered to +100" in app.says(), "the bar to say so")
    assert "oom_score_adj of 1 process lowered to +50" in app.says()
    assert outcomes(desk) == [(OTHER, "SUCCESS")]


def test_the_kernels_report_of_a_kill_comes_by_one_password(desk, app):
    """A real kill, of which ben may not read in the log: the window asks, and shows the kernel's ranking."""
    if not Path("/proc/sys/kernel/dmesg_restrict").read_text().startswith("1"):
        pytest.skip("every user may read the kernel's log here")
    with MemoryCgroup(48 * MIB) as group:
        victim = group.kill_by(group.hog(20, adj=500, name="zebrafish"), grow=100)
    app.start()
    app.popup()
    desk.opens(lambda: app.press("More"))
    desk.opens(lambda: desk.key(*["Down"] * KILLS, "Return"), title="What was killed")
    dialog_opens(desk, app, "Ask for the kernel’s report…")
    enter(desk, desk.password)
    wait_for(lambda: f"zebrafish ({victim.pid})" in app.says(), "the page of the kill")
    assert outcomes(desk) == [(READ, "SUCCESS")]
    assert "Certain: the log names it" in app.says()
    assert "The kernel’s log had" in app.says()
