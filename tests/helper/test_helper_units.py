"""Drop-ins of system services: what is written, what is never touched, and the processes that go with them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.helper.conftest import Served
from tests.helper.support import ANA, BEN, Target, answers_of, lines, need_root, start_helper
from tests.rigs.processes.programs import RigUnavailable, need_programs

HEADER = "# Written by OOM Tray (io.github.oomtray.OOMTray), which replaces and removes this file.\n"
OURS = HEADER + "[Service]\nOOMScoreAdjust=-500\n"
PROTECT = {"unit": "nginx.service", "set": {"OOMScoreAdjust": -500}}
REMOVE = {"unit": "nginx.service", "remove": True}
DROP_IN = "nginx.service.d/50-oomtray.conf"


class System:
    """A directory of system units, and a systemctl that writes down how it is called."""

    def __init__(self, path: Path) -> None:
        need_root()
        self.units = path / "units"
        self.units.mkdir(mode=0o755)
        self.reloads = path / "reloads"
        self.systemctl = path / "systemctl"
        self.answer_reloads_with(0)

    def answer_reloads_with(self, status: int) -> None:
        noise = "echo noise\necho noise >&2"
        self.systemctl.write_text(f'#!/bin/sh\necho "$@" >>{self.reloads}\n{noise}\nexit {status}\n')
        self.systemctl.chmod(0o755)

    @property
    def roots(self) -> dict[str, str]:
        return {"units": str(self.units), "systemctl": str(self.systemctl)}

    def files(self) -> dict[str, str]:
        """What is there: text of files, target of links, mode of directories."""
        found = {}
        for path in sorted(self.units.rglob("*")):
            name = str(path.relative_to(self.units))
            if path.is_symlink():
                found[name] = f"-> {path.readlink()}"
            else:
                found[name] = f"{path.stat().st_mode & 0o7777:o}" if path.is_dir() else path.read_text()
        return found

    def reloaded(self) -> list[str]:
        return self.reloads.read_text().splitlines() if self.reloads.exists() else []


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


@pytest.fixture
def ask(serve: Callable[..., Served], system: System) -> Callable[..., Served]:
    return lambda *requests: serve("unit", ANA, *requests, **system.roots)


Ask = Callable[..., Served]


def test_written(system: System, ask: Ask) -> None:
    served = ask({
        "unit": "nginx.service",
        "set": {"ManagedOOMPreference": "avoid", "OOMPolicy": "continue", "OOMScoreAdjust": -500},
    })  # fmt: skip
    assert served.answers == [
        {"unit": "nginx.service", "path": f"{system.units}/{DROP_IN}", "ok": True, "error": None}
    ]
    text = OURS + "OOMPolicy=continue\nManagedOOMPreference=avoid\n"
    assert system.files() == {"nginx.service.d": "755", DROP_IN: text}
    assert (system.units / DROP_IN).stat().st_mode & 0o777 == 0o644
    assert system.reloaded() == ["daemon-reload"]


@pytest.mark.parametrize("mask", [0o000, 0o077, 0o777], ids=oct)
def test_modes_are_not_the_callers(system: System, mask: int, tmp_path: Path) -> None:
    """Through the program itself, as the mask is set when it starts."""
    need_programs({"unshare": "util-linux"})
    script = f'mount --bind {system.units} /etc/systemd/system && umask {mask:o} && exec "$@"'
    start_helper("unit", data=lines(PROTECT), before=("unshare", "--mount", "sh", "-c", script, "sh"))
    assert system.files()["nginx.service.d"] == "755"
    assert (system.units / DROP_IN).stat().st_mode & 0o777 == 0o644


def test_replaced_whole(system: System, ask: Ask) -> None:
    ask({"unit": "nginx.service", "set": {"OOMPolicy": "kill"}})
    ask(PROTECT)
    assert system.files() == {"nginx.service.d": "755", DROP_IN: OURS}


def test_removed_with_its_directory(system: System, ask: Ask) -> None:
    ask(PROTECT)
    assert ask(REMOVE).errors == [None]
    assert system.files() == {}
    assert system.reloaded() == ["daemon-reload", "daemon-reload"]


def test_removed_beside_another_file(system: System, ask: Ask) -> None:
    ask(PROTECT)
    (system.units / "nginx.service.d/10-admin.conf").write_text("[Service]\nNice=5\n")
    assert ask(REMOVE).errors == [None]
    assert system.files() == {
        "nginx.service.d": "755",
        "nginx.service.d/10-admin.conf": "[Service]\nNice=5\n",
    }


def test_removing_what_is_not_there(system: System, ask: Ask) -> None:
    assert ask(REMOVE).errors == [None]
    assert system.files() == {}


def test_several_units_are_one_reload(system: System, ask: Ask) -> None:
    assert ask(PROTECT, {**PROTECT, "unit": "a@b.service"}).errors == [None, None]
    assert sorted(system.files()) == [
        "a@b.service.d",
        "a@b.service.d/50-oomtray.conf",
        "nginx.service.d",
        DROP_IN,
    ]
    assert system.reloaded() == ["daemon-reload"]


def test_a_user_manager_is_no_service(system: System, ask: Ask) -> None:
    served = ask({**PROTECT, "unit": "user@1000.service"})
    assert served.errors == ["user-manager"]
    assert (system.files(), system.reloaded()) == ({}, [])


@pytest.mark.parametrize("status", [1, 127])
def test_a_reload_that_fails_is_said(system: System, ask: Ask, status: int) -> None:
    system.answer_reloads_with(status)
    served = ask(PROTECT)
    assert served.errors == ["reload-failed"]
    assert served.status == 1
    assert system.files()[DROP_IN] == OURS


def test_a_reload_that_cannot_start_is_said(system: System, ask: Ask) -> None:
    system.systemctl.unlink()
    assert ask(PROTECT).errors == ["reload-failed"]


AS_PROGRAM = """
import signal, sys
sys.path.insert(0, sys.argv[1])
from tests.helper.support import load_helper
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
helper = load_helper()
sys.exit(helper.main(["helper", "unit"], helper.Roots(units=sys.argv[2], systemctl=sys.argv[3])))
"""


def as_program(system: System, data: bytes) -> subprocess.CompletedProcess[bytes]:
    """With all of main(), started by a caller that ignores its children and SIGTERM."""
    checkout = str(Path(__file__).parents[2])
    argv = [sys.executable, "-c", AS_PROGRAM, checkout, str(system.units), str(system.systemctl)]
    return subprocess.run(argv, input=data, capture_output=True, env={"PKEXEC_UID": "0"}, check=False)


@pytest.mark.parametrize(("status", "error"), [(0, None), (1, "reload-failed")])
def test_a_reload_is_judged_though_the_caller_ignores_its_children(
    system: System, status: int, error: str | None
) -> None:
    system.answer_reloads_with(status)
    done = as_program(system, lines(PROTECT))
    assert [answer["error"] for answer in answers_of(done)] == [error]
    assert b"noise" not in done.stdout + done.stderr


def test_the_reload_gets_no_stream_of_the_callers(system: System) -> None:
    """Root would wait for whoever doesn't read what it complains of, and read what was meant for the helper."""
    script = 'cd /proc/$$/fd; seen=$(readlink 0 1 2); echo "$seen" >${0%/*}/reloads'
    system.systemctl.write_text(f"#!/bin/sh\n{script}\n")
    as_program(system, lines(PROTECT))
    assert system.reloaded() == ["/dev/null"] * 3


def test_what_is_begun_is_finished(system: System) -> None:
    """A signal to stop in the middle: here from the reload itself."""
    system.systemctl.write_text("#!/bin/sh\nkill -TERM $PPID; kill -INT $PPID; kill -HUP $PPID\n")
    done = as_program(system, lines(PROTECT))
    assert (done.returncode, [answer["error"] for answer in answers_of(done)]) == (0, [None])


def test_the_reload_itself_can_be_stopped(system: System) -> None:
    system.systemctl.write_text("#!/bin/sh\nkill -TERM $$\n")
    assert [answer["error"] for answer in answers_of(as_program(system, lines(PROTECT)))] == ["reload-failed"]


def test_on_disk_before_it_has_its_name(system: System, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a machine that dies may have the name with nothing in it."""
    done: list[str] = []
    for name in ("write", "fsync", "rename"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *a, n=name, real=real, **k: (done.append(n), real(*a, **k))[1])
    assert ask(PROTECT).errors == [None]
    assert done == ["write", "fsync", "rename", "fsync", "fsync"]


def test_the_log_has_every_unit_though_nobody_reads_the_answers(system: System, helper: ModuleType) -> None:
    log: list[str] = []

    def note(_: int, text: str) -> None:
        log.append(text)

    def nobody(_: object) -> None:
        raise BrokenPipeError

    asked = helper.parse(["unit"], lines(REMOVE, {**PROTECT, "unit": "a@b.service"}))
    with pytest.raises(BrokenPipeError):
        helper.serve(asked, ANA, helper.Roots(log=note, **system.roots), nobody)
    assert sorted(system.files()) == ["a@b.service.d", "a@b.service.d/50-oomtray.conf"]
    start = f"asked by uid {ANA}, unit: "
    told = [json.loads(text.removeprefix(start)) for text in log if text.startswith(start)]
    assert told == [{"name": "nginx.service", "text": ""}, {"name": "a@b.service", "text": OURS}]


# --- what is not ours ---


def foreign(path: Path) -> None:
    path.write_text("[Service]\nOOMScoreAdjust=0\n")


def header_later(path: Path) -> None:
    path.write_text("\n" + OURS)


def half_a_header(path: Path) -> None:
    path.write_text(HEADER[:-2])


def link_to_ours(path: Path) -> None:
    path.with_name("elsewhere").write_text(OURS)
    path.symlink_to("elsewhere")


def dangling_link(path: Path) -> None:
    path.symlink_to("/nonexistent/file")


def null_link(path: Path) -> None:
    path.symlink_to("/dev/null")  # how an administrator masks a drop-in


def pipe(path: Path) -> None:
    os.mkfifo(path)


def directory(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("request_", [PROTECT, REMOVE], ids=["set", "remove"])
@pytest.mark.parametrize(
    "make", [foreign, header_later, half_a_header, link_to_ours, dangling_link, null_link, pipe, directory]
)
def test_a_drop_in_that_is_not_ours_stays(
    system: System, ask: Ask, make: Callable[[Path], None], request_: dict[str, object]
) -> None:
    path = system.units / DROP_IN
    path.parent.mkdir()
    make(path)
    before = os.lstat(path)
    assert ask(request_).errors == ["not-ours"]
    after = os.lstat(path)
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert system.reloaded() == []


def linked(folder: Path) -> None:
    folder.with_name("elsewhere").mkdir()
    folder.symlink_to("elsewhere")


def a_file(folder: Path) -> None:
    folder.write_text("")


def writable(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o775)


def anothers(folder: Path) -> None:
    folder.mkdir()
    os.chown(folder, BEN, BEN)


@pytest.mark.parametrize("request_", [PROTECT, REMOVE], ids=["set", "remove"])
@pytest.mark.parametrize("make", [linked, a_file, writable, anothers])
def test_a_directory_that_is_not_to_be_trusted(
    system: System, ask: Ask, make: Callable[[Path], None], request_: dict[str, object]
) -> None:
    make(system.units / "nginx.service.d")
    assert ask(request_).errors == ["unsafe-path"]
    assert not list(system.units.rglob("50-oomtray.conf"))


@pytest.mark.parametrize("place", ["units", "above"])
def test_a_link_on_the_way(system: System, serve: Callable[..., Served], tmp_path: Path, place: str) -> None:
    (tmp_path / "link").symlink_to(system.units if place == "units" else tmp_path)
    units = tmp_path / ("link" if place == "units" else "link/units")
    roots = system.roots | {"units": str(units)}
    assert serve("unit", ANA, PROTECT, **roots).errors == ["unsafe-path"]
    assert system.files() == {}


def test_no_units_here(system: System, ask: Ask) -> None:
    system.units.rmdir()
    assert ask(PROTECT).errors == ["gone"]


def test_what_an_interrupted_run_left(system: System, ask: Ask) -> None:
    folder = system.units / "nginx.service.d"
    folder.mkdir()
    (folder / f".50-oomtray.conf.{os.getpid()}").write_text("half")
    assert ask(PROTECT).errors == [None]
    assert system.files() == {"nginx.service.d": "755", DROP_IN: OURS}


@pytest.mark.parametrize(
    ("mount", "error"),
    [
        pytest.param("mount -t tmpfs -o size=4k,mode=755 x {} && head -c 4096 /dev/zero >{}/full", "disk-full", id="full"),
        pytest.param("mount -t tmpfs -o nr_inodes=2,mode=755 x {}", "disk-full", id="no inode for the file"),
        pytest.param("mount -t tmpfs -o nr_inodes=1,mode=755 x {}", "disk-full", id="no inode for the directory"),
        pytest.param("mount -t tmpfs -o ro,mode=755 x {}", "read-only", id="read-only"),
    ],
)  # fmt: skip
def test_nothing_is_left_where_nothing_can_be_written(mount: str, error: str) -> None:
    """Through the program itself, on a real file system that is so."""
    need_root()
    units = "/etc/systemd/system"
    if not Path(units).is_dir():
        raise RigUnavailable("no directory of system units here (Debian's package systemd)")
    script = f'{mount.format(units, units)} && "$@"; ls -A {units} >&2'
    done = start_helper("unit", data=lines(PROTECT), before=("unshare", "--mount", "sh", "-c", script, "sh"))
    assert [answer["error"] for answer in answers_of(done)] == [error]
    assert done.stderr.decode().split() in ([], ["full"])


def test_a_limit_on_file_sizes_from_the_caller(system: System) -> None:
    need_root()
    script = f'mount --bind {system.units} /etc/systemd/system && ulimit -f 0 && exec "$@"'
    done = start_helper("unit", data=lines(PROTECT), before=("unshare", "--mount", "sh", "-c", script, "sh"))
    assert [answer["error"] for answer in answers_of(done)] == ["disk-full"]
    assert system.files() == {}


# --- processes of a unit ---


class Cgroups:
    """Real cgroups, in the hierarchy by which systemd would know its units, below a slice of the test's own."""

    def __init__(self) -> None:
        need_root()
        roots = [Path(p) for p in ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup")]
        root = next((path for path in roots if (path / "cgroup.procs").exists()), None)
        if root is None or not os.access(root, os.W_OK) or shutil.disk_usage(root).total:
            raise RigUnavailable("no cgroups of systemd's kind can be made here")
        self.root = root / f"oomtraytest{os.getpid()}.slice"

    def put(self, process: Target, path: str) -> None:
        place = self.root / path
        place.mkdir(parents=True, exist_ok=True)
        (place / "cgroup.procs").write_text(str(process.pid))

    def close(self) -> None:
        for folder, _, _ in os.walk(self.root, topdown=False):
            os.rmdir(folder)


@pytest.fixture
def cgroups() -> Iterator[Cgroups]:
    """Before the processes in a test's arguments, so that they are gone when it is cleared away."""
    made = Cgroups()
    try:
        yield made
    finally:
        made.close()


def test_processes_of_the_unit_are_set_either_way(
    system: System, ask: Ask, cgroups: Cgroups, target: Callable[..., Target]
) -> None:
    main, worker = target(0, adj=500), target(BEN, adj=100)
    cgroups.put(main, "nginx.service")
    cgroups.put(worker, "nginx.service/workers")
    served = ask(PROTECT, main.ask(300), worker.ask(300))
    assert served.errors == [None, None, None]
    assert (main.adj, worker.adj) == (300, 300)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("apache2.service", id="another service"),
        pytest.param("user@61001.service/app.slice/nginx.service", id="a user's service of that name"),
        pytest.param("docker-1.scope/system.slice/nginx.service", id="a container's service of that name"),
        pytest.param("nginx.service.slice", id="a slice"),
        pytest.param("anginx.service", id="a name that ends so"),
    ],
)
def test_a_process_elsewhere_is_not(
    system: System, ask: Ask, cgroups: Cgroups, target: Callable[..., Target], path: str
) -> None:
    process = target(ANA)
    cgroups.put(process, path)
    assert ask(PROTECT, process.ask(300)).errors == [None, "not-in-unit"]
    assert process.adj == 500


@pytest.mark.parametrize("failing", ["edit", "reload"])
def test_no_process_follows_a_unit_that_failed(
    system: System, ask: Ask, cgroups: Cgroups, target: Callable[..., Target], failing: str
) -> None:
    process = target(0)
    cgroups.put(process, "nginx.service")
    if failing == "edit":
        (system.units / "nginx.service.d").mkdir()
        foreign(system.units / DROP_IN)
    else:
        system.answer_reloads_with(1)
    error = "not-ours" if failing == "edit" else "reload-failed"
    assert ask(process.ask(300), PROTECT).errors == ["not-in-unit", error]
    assert process.adj == 500


def test_answers_come_in_the_order_of_the_lines(
    system: System, ask: Ask, cgroups: Cgroups, target: Callable[..., Target]
) -> None:
    process = target(0)
    cgroups.put(process, "nginx.service")
    answers = ask(process.ask(300), PROTECT, {"pid": 1, "start_time": 1, "adj": 0}).answers
    assert [answer.get("unit") or answer["pid"] for answer in answers] == [process.pid, "nginx.service", 1]
    assert process.adj == 300
