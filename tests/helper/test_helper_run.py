"""The helper as a program: how it must be started, what it takes from its caller, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helper.support import ANA, BEN, HELPER, Target, answers_of, lines, need_root, start_helper
from tests.rigs.processes.programs import RigUnavailable, need_programs, wait_for

Make = Callable[..., Target]
HARMLESS = lines({"pid": 1, "start_time": 1, "adj": 0})
AS_ANA = ("setpriv", f"--reuid={ANA}", f"--regid={ANA}", "--clear-groups", "--")


@pytest.fixture(autouse=True)
def _root() -> None:
    need_root()
    need_programs({"setpriv": "util-linux", "unshare": "util-linux"})


def test_done(target: Make) -> None:
    process = target(ANA)
    done = start_helper("own", data=lines(process.ask(300)), asker=str(ANA))
    assert (done.returncode, done.stderr) == (0, b"")
    assert [answer["ok"] for answer in answers_of(done)] == [True]
    assert process.adj == 300


def test_some_failed(target: Make) -> None:
    mine, hers = target(ANA), target(BEN)
    done = start_helper("own", data=lines(hers.ask(300), mine.ask(300)), asker=str(ANA))
    assert (done.returncode, done.stderr) == (1, b"")
    assert [answer["error"] for answer in answers_of(done)] == ["not-yours", None]


def test_malformed_changes_nothing_at_all(target: Make) -> None:
    process = target(ANA)
    done = start_helper("own", data=lines(process.ask(300)) + b"{}", asker=str(ANA))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"oomtray-helper: line 2 is malformed\n"
    assert process.adj == 500


def test_wrong_usage() -> None:
    done = start_helper("--help")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"oomtray-helper: usage: oomtray-helper own|other protect|undo COUNT, unit NAME, or kills SINCE\n"


@pytest.mark.parametrize(
    "asker",
    [
        None, "", " ", "-1", "+1", "1 ", "1\n", "0x1", "1e3", "1_0", "root", "4294967295", "99999999999", "\u0661", "1.0",
    ],
)  # fmt: skip
def test_without_a_sane_asker(target: Make, asker: str | None) -> None:
    process = target(0)
    done = start_helper("other", data=lines(process.ask(300)), asker=asker)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr == b"oomtray-helper: this program is started by pkexec, as root\n"
    assert process.adj == 500


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(AS_ANA, id="not root at all"),
        pytest.param(("setpriv", "--ruid", str(ANA), "--"), id="root as effective uid alone"),
        pytest.param(("setpriv", "--euid", str(ANA), "--"), id="root as real uid alone"),
    ],
)
def test_not_wholly_root(target: Make, tmp_path: Path, before: tuple[str, ...]) -> None:
    process = target(ANA)
    file = Path("/tmp") / f"oomtray-helper-{os.getpid()}"  # pytest's own directories are closed to users
    file.write_bytes(HELPER.read_bytes())
    file.chmod(0o755)
    try:
        done = start_helper("own", data=lines(process.ask(300)), asker=str(ANA), before=before, file=file)
    finally:
        file.unlink()
    assert (done.returncode, done.stdout) == (3, b"")
    assert process.adj == 500


DIRECTORY = "mount -t tmpfs x /mnt && mkdir /mnt/p && ln -s $$ /mnt/p/self && mount --bind /mnt/p /proc"


@pytest.mark.parametrize(
    ("mount", "says"),
    [
        pytest.param("mount -t tmpfs x /proc", b"stopped by", id="none"),
        pytest.param("mount --bind /proc/1 /proc", b"/proc is not", id="a part of it"),
        pytest.param(DIRECTORY, b"/proc is not", id="a directory"),
        pytest.param(None, b"/proc is not", id="of another pid namespace"),
    ],
)
def test_a_false_proc(mount: str | None, says: bytes) -> None:
    before = ("unshare", "--mount", "sh", "-c", f'{mount} && exec "$@"', "sh")
    done = start_helper("other", data=HARMLESS, before=before if mount else ("unshare", "--pid", "--fork"))
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.startswith(b"oomtray-helper: " + says)


@pytest.mark.parametrize("stream", ["<&-", ">&-", "2>&-"], ids=["input", "output", "messages"])
def test_a_closed_stream(target: Make, stream: str) -> None:
    """The next file opened would be taken for it."""
    process = target(ANA)
    data = lines(process.ask(300))
    done = start_helper("own", data=data, asker=str(ANA), before=("sh", "-c", f'exec "$@" {stream}', "sh"))
    assert done.returncode == 3
    assert process.adj == 500


def test_nothing_of_the_callers_is_loaded(tmp_path: Path) -> None:
    """Neither from the working directory nor by an environment; pkexec empties that, and the file relies on neither."""
    for module in ("json", "syslog", "sitecustomize", "usercustomize", "re"):
        (tmp_path / f"{module}.py").write_text(f"open({str(tmp_path / 'loaded')!r}, 'w')\n")
    env = {"PYTHONPATH": str(tmp_path), "PYTHONSTARTUP": str(tmp_path / "re.py"), "PYTHONINSPECT": "1"}
    done = start_helper("own", data=HARMLESS, env=env, cwd=tmp_path)
    assert [answer["error"] for answer in answers_of(done)] == ["pid-1"]
    assert not (tmp_path / "loaded").exists()


def test_no_other_python_by_the_environment(tmp_path: Path) -> None:
    done = start_helper("own", data=HARMLESS, env={"PYTHONHOME": str(tmp_path)})
    assert [answer["error"] for answer in answers_of(done)] == ["pid-1"]


def test_no_site_directory_is_loaded(tmp_path: Path) -> None:
    """A .pth file under /usr/local is run by every Python that root starts, unless it is told not to."""
    (tmp_path / "evil.pth").write_text(f"import os; os.mkdir({str(tmp_path / 'loaded')!r})\n")
    python = subprocess.run(
        ["/usr/bin/python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    site = f"/usr/local/lib/python{python.stdout.strip()}/dist-packages"
    script = f'mount --bind {tmp_path} {site} && exec "$@"'
    before = ("unshare", "--mount", "sh", "-c", script, "sh")
    if not Path(site).is_dir():
        raise RigUnavailable("Python here has no directory for local packages")
    assert start_helper("own", data=HARMLESS, before=before).returncode == 1
    assert not (tmp_path / "loaded").exists()
    start_helper(before=before, file=Path("/usr/bin/python3"), data=b"")
    assert (tmp_path / "loaded").exists(), "the trap works for a Python without -S"


def shortened(tmp_path: Path, patience: int = 1) -> Path:
    """The same file with less patience, as a test has not 20 seconds."""
    text = HELPER.read_text()
    assert text.count("PATIENCE = 20") == 1
    file = tmp_path / "helper"
    file.write_text(text.replace("PATIENCE = 20", f"PATIENCE = {patience}"))
    file.chmod(0o755)
    return file


BLOCK_ALL = """
import os, signal, sys
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    try:
        signal.signal(number, signal.SIG_IGN)
    except OSError:
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_input_that_never_ends(tmp_path: Path) -> None:
    """No process of root's stays behind, also if the caller handed down every signal blocked and ignored."""
    wrap = [sys.executable, "-c", BLOCK_ALL, str(shortened(tmp_path)), "own", "protect", "1"]
    env = {"PKEXEC_UID": "0"}
    with subprocess.Popen(wrap, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env) as helper:
        assert helper.stdin
        helper.stdin.write(HARMLESS)
        helper.stdin.flush()
        assert helper.wait(15) == -14  # SIGALRM
        assert helper.stdout
        assert helper.stdout.read() == b""


def test_answers_that_nobody_reads(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    try:
        while os.write(theirs, b"x" * 4096):
            pass
    except BlockingIOError:
        os.set_blocking(theirs, True)
    with subprocess.Popen(
        [shortened(tmp_path), "own", "protect", "1"],
        stdin=subprocess.PIPE,
        stdout=theirs,
        env={"PKEXEC_UID": "0"},
    ) as helper:
        helper.communicate(HARMLESS, timeout=15)
        assert helper.returncode == -14
    os.close(ours)
    os.close(theirs)


def test_a_caller_that_has_gone_gets_no_more_done(target: Make) -> None:
    first, second = target(ANA), target(ANA)
    ours, theirs = os.pipe()
    os.close(ours)
    data = lines(first.ask(300), second.ask(300))
    done = subprocess.run(
        [HELPER, "own", "protect", "2"], input=data, stdout=theirs, stderr=subprocess.PIPE, env={"PKEXEC_UID": str(ANA)}, check=False
    )  # fmt: skip
    os.close(theirs)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert (first.adj, second.adj) == (300, 500)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
def test_stopped_while_it_waits_for_input(name: str) -> None:
    with subprocess.Popen(
        [HELPER, "own", "protect", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PKEXEC_UID": "0"},
    ) as helper:
        number = signal.Signals[name]
        wait_until_it_reads(helper.pid)
        helper.send_signal(number)
        output, messages = helper.communicate(timeout=15)
    assert (helper.returncode, output, messages) == (-number, b"", b"")


def wait_until_it_reads(pid: int) -> None:
    """/proc/PID/syscall shows the call that the process sleeps in, then its arguments: here descriptor 0."""
    wait_for(
        lambda: (
            Path(f"/proc/{pid}/cmdline").read_bytes().endswith(b"own\0protect\x001\0")
            and Path(f"/proc/{pid}/syscall").read_text().split()[1:2] == ["0x0"]
        ),
        "the helper to wait for its input",
    )


TIMED = """
import os, resource, signal, sys
sys.path.insert(0, sys.argv[1])
from tests.helper.support import load_helper
timers = signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF
for timer in timers:
    signal.setitimer(timer, 3600)
resource.setrlimit(resource.RLIMIT_CPU, (3600, resource.getrlimit(resource.RLIMIT_CPU)[1]))
resource.setrlimit(resource.RLIMIT_RTTIME, (10**9, resource.getrlimit(resource.RLIMIT_RTTIME)[1]))
try:
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
except PermissionError:
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
load_helper().settle("/proc")
limits = (resource.getrlimit(limit)[0] for limit in (resource.RLIMIT_CPU, resource.RLIMIT_RTTIME))
print(*(signal.getitimer(timer)[0] for timer in timers), *limits, os.sched_getscheduler(0))
"""


def test_no_timer_of_the_callers_ends_it() -> None:
    """They outlive execve(2): set well, one would end the helper between a change and its answer."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED, str(HELPER.parents[2])], capture_output=True, text=True, env={"PKEXEC_UID": "0"},
        check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["0.0", "0.0", "0.0", "-1", "-1", "0"], done.stderr


LOGGED = """
import os, socket, subprocess, sys
subprocess.run(["mount", "-t", "tmpfs", "dev", "/dev"], check=True)
os.mknod("/dev/null", 0o666 | 0o020000, os.makedev(1, 3))
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind("/dev/log")
log.settimeout(10)
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(log.recv(4096).decode())
"""


def test_the_system_log(target: Make) -> None:
    process = target(ANA)
    before = ("unshare", "--mount", sys.executable, "-c", LOGGED)
    done = start_helper("own", data=lines(process.ask(300)), asker=str(ANA), before=before)
    text = done.stdout.decode()
    assert text.startswith("<85>"), "facility authpriv, level notice"
    assert "oomtray-helper[" in text
    assert f'asked by uid {ANA}, own: {{"pid": {process.pid}, ' in text
