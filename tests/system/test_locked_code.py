"""The interpreter's code is locked in memory as far as the limit allows, and no more."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.commands.program import start
from tests.rigs.processes.programs import RigUnavailable
from tests.rigs.processes.users import as_nobody

pytestmark = pytest.mark.system

TELLS = """
import json, os, resource, sys
from oomtray.kernel.locked_code import lock_code
for module in sys.argv[2:]:
    __import__(module)
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_MEMLOCK, (limit, limit))
done = lock_code()
head, locked = "", []
for line in open("/proc/self/smaps"):
    words = line.split()
    if not words[0].endswith(":"):
        head = line
    elif words[0] == "VmFlags:" and "lo" in words:
        locked.append(head.split())
with open("/proc/self/status") as status:
    counted = next(int(line.split()[1]) for line in status if line.startswith("VmLck:")) * 1024
print(json.dumps([done, counted, [[words[1], words[5]] for words in locked], os.readlink("/proc/self/exe")]))
"""


ENOUGH = 8 << 20


@pytest.fixture(autouse=True)
def allowed() -> Iterator[None]:
    """Let programs lock as much as the tests ask for, where the machine's own limit is lower."""
    soft, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    most = hard if hard == resource.RLIM_INFINITY else max(hard, ENOUGH)
    try:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (most, most))
    except ValueError:
        raise RigUnavailable(f"only {hard >> 10} KiB may be locked here (ulimit -Hl)") from None
    yield
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (soft, hard))


def locked(limit: int, *modules: str) -> tuple[int, int, list[list[str]], str]:
    """What an ordinary user's interpreter says, with these modules loaded: bytes locked, the kernel's count, access and path of each mapping, its program."""
    command = as_nobody([sys.executable, "-c", TELLS, str(limit), *modules])
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return tuple(json.loads(done.stdout))


def test_the_code_of_the_interpreter_and_of_the_c_library_is_locked() -> None:
    done, counted, mappings, program = locked(ENOUGH)
    assert 0 < done == counted <= ENOUGH
    code = {path for access, path in mappings if access == "r-xp"}
    assert program in code
    assert any("/libc.so" in path for path in code)
    assert {access for access, _ in mappings} <= {"r-xp", "r--p"}


def test_what_calls_between_qt_and_python_run_is_locked_in_the_tray() -> None:
    done, counted, mappings, _ = locked(ENOUGH, "PySide6.QtCore")
    assert 0 < done == counted <= ENOUGH
    code = [path.rpartition("/")[2] for access, path in mappings if access == "r-xp"]
    for library in ("libshiboken6.", "libpyside6."):
        assert any(name.startswith(library) for name in code), code


def test_a_low_limit_leaves_out_what_does_not_fit() -> None:
    done, counted, _, _ = locked(2 << 20)
    assert 0 < done == counted <= 2 << 20


def test_where_nothing_may_be_locked_the_program_goes_on() -> None:
    assert locked(0)[:3] == (0, 0, [])


def test_watch_locks_its_code_once_it_goes_on() -> None:
    watching = start("watch", "-i", "0.1", "--json")
    try:
        assert watching.stdout is not None
        watching.stdout.readline()
        watching.stdout.readline()  # which comes after the locking
        status = Path(f"/proc/{watching.pid}/status").read_text()
    finally:
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=30)
    assert "VmLck:\t       0 kB" not in status
