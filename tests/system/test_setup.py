"""packaging/setup.sh installs what is missing, asks first, or gives up with a reason.

The machine's package manager and its root are played here;
that the real ones do as told is seen wherever `make test` runs on a new machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"

LIST = """# a comment
one libone0t64|libone0
one libtwo
other libthree
unpack libkiller
"""

PLAYED = {
    "dpkg-query": 'printf "%s\\n" $INSTALLED | sed "s/^/installed /"',
    "apt-cache": 'case " $KNOWN " in *" $2 "*) echo "  Candidate: 1.0";; *) echo "  Candidate: (none)";; esac',
    "apt-get": 'echo "apt-get $*" >>"$CALLS"; case "$*" in *install*) exit $INSTALL_STATUS;; esac',
    "sudo": '[ "$1" = -n ] && exit $SUDO_STATUS; echo sudo >>"$CALLS"; exec "$@"',
    "dpkg-deb": 'echo "dpkg-deb $1" >>"$CALLS"; mkdir "$3"',
    "id": "echo $USER_ID",
}


@dataclass
class Machine:
    directory: Path
    env: dict[str, str] = field(default_factory=dict)

    def set_up(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        script = self.directory / "packaging/setup.sh"
        return subprocess.run(
            [str(script), *arguments],
            env=self.env | env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self) -> list[str]:
        path = Path(self.env["CALLS"])
        return path.read_text().splitlines() if path.exists() else []

    def installs(self) -> list[str]:
        """The packages that apt-get was told to install."""
        return [word for call in self.calls() for word in call.split() if word.startswith("lib")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging/system-packages.txt").write_text(LIST)
    shutil.copy(PACKAGING / "setup.sh", tmp_path / "packaging")
    played = tmp_path / "bin"
    played.mkdir()
    for name, body in PLAYED.items():
        (played / name).write_text(f"#!/bin/sh\n{body}\n")
        (played / name).chmod(0o755)
    env = {
        "PATH": f"{played}:{os.environ['PATH']}",
        "CALLS": str(tmp_path / "calls"),
        "INSTALLED": "bash",
        "KNOWN": "libone0 libtwo libthree",
        "USER_ID": "0",
        "SUDO_STATUS": "1",
        "INSTALL_STATUS": "0",
    }
    return Machine(tmp_path, env)


@pytest.mark.parametrize(
    ("installed", "known", "installs"),
    [
        pytest.param("libone0 libtwo", "libone0 libtwo", [], id="all there"),
        pytest.param("libone0t64 libtwo", "libone0t64 libtwo", [], id="all there under the newer name"),
        pytest.param("libtwo", "libone0 libtwo", ["libone0"], id="an older release"),
        pytest.param("libtwo", "libone0t64 libtwo", ["libone0t64"], id="a newer release"),
        pytest.param("bash", "libone0 libtwo", ["libone0", "libtwo"], id="none there"),
        pytest.param("bash", "libone0", ["libone0"], id="one that this release does not have"),
    ],
)
def test_root_gets_what_is_missing(machine: Machine, installed: str, known: str, installs: list[str]) -> None:
    done = machine.set_up("packages", "one", INSTALLED=installed, KNOWN=known)
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.installs() == installs
    assert ("no package libtwo" in done.stdout) == ("libtwo" not in known)


def test_nothing_is_asked_of_apt_when_all_is_there(machine: Machine) -> None:
    machine.set_up("packages", "one", "other", INSTALLED="libone0 libtwo libthree")
    assert machine.calls() == []


def test_a_user_with_a_password_free_sudo_is_spared_the_typing(machine: Machine) -> None:
    done = machine.set_up("packages", "other", USER_ID="1000", SUDO_STATUS="0")
    assert done.returncode == 0
    assert machine.calls()[0] == "sudo"
    assert machine.installs() == ["libthree"]


def test_any_other_user_is_shown_the_one_command(machine: Machine) -> None:
    done = machine.set_up("packages", "one", "other", USER_ID="1000")
    assert done.returncode == 1
    assert (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libone0 libthree libtwo\n"
        in done.stdout
    )
    assert done.stderr == "setup: 3 system packages are missing\n"
    assert machine.calls() == []


def test_a_failed_installation_is_a_failed_set_up(machine: Machine) -> None:
    done = machine.set_up("packages", "one", INSTALL_STATUS="100")
    assert done.returncode == 1
    assert "apt-get could not install them" in done.stderr


PYTHON_LIST = "qt libone0\nxcb libtwo\ndesktop libthree\n"
COREUTILS = (
    "bash",
    "cat",
    "cp",
    "cut",
    "dirname",
    "env",
    "grep",
    "mktemp",
    "paste",
    "rm",
    "sed",
    "sh",
    "sha256sum",
    "sort",
    "tail",
)


@pytest.fixture
def without_python(machine: Machine) -> Machine:
    """Nothing on the PATH but the shell's tools and the played programs; `apt-get install python3` brings a Python that
    writes down what it is asked for and makes virtual environments of itself."""
    played = machine.directory / "bin"
    for name in COREUTILS:
        found = shutil.which(name)
        assert found is not None
        (played / name).symlink_to(found)
    python = machine.directory / "python"
    python.write_text(
        "#!/bin/sh\n"
        'echo "python $*" >>"$CALLS"\n'
        'if [ "$2" = venv ]; then mkdir -p .venv/bin; cp "$0" .venv/bin/python; fi\n'
    )
    python.chmod(0o755)
    (played / "mkdir").symlink_to(str(shutil.which("mkdir")))
    (played / "apt-get").write_text(
        '#!/bin/sh\necho "apt-get $*" >>"$CALLS"\n'
        f'case "$*" in *install*) if [ -n "$BRINGS_PYTHON" ]; then cp {python} {played}/python3; fi;; esac\n'
    )
    (machine.directory / "packaging/system-packages.txt").write_text(PYTHON_LIST)
    (machine.directory / "pyproject.toml").touch()
    machine.env |= {
        "PATH": str(played),
        "KNOWN": "libone0 libtwo libthree python3 python3-venv",
        "BRINGS_PYTHON": "1",
    }
    return machine


@pytest.mark.parametrize("kind", ["run", "test"])
def test_root_without_a_python_gets_one_and_goes_on(without_python: Machine, kind: str) -> None:
    done = without_python.set_up(kind)

    assert (done.returncode, done.stderr) == (0, "")
    installs = next(call for call in without_python.calls() if " install " in call)
    assert installs.split()[-5:] == ["python3", "python3-venv", "libone0", "libthree", "libtwo"]
    asked = [call for call in without_python.calls() if call.startswith("python ")]
    assert any("-m venv" in call for call in asked)
    assert asked[-1] == "python -m translations compile"


def test_lint_needs_no_system_package(machine: Machine) -> None:
    (machine.directory / "pyproject.toml").touch()
    python = machine.directory / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    done = machine.set_up("lint", USER_ID="1000", INSTALLED="bash python3")
    assert (done.returncode, done.stderr, machine.calls()) == (0, "", [])
    done = machine.set_up("test", USER_ID="1000", INSTALLED="bash python3")
    assert (done.returncode, done.stderr) == (1, "setup: 3 system packages are missing\n")


def test_a_user_without_a_python_is_told_to_install_it_with_the_rest(without_python: Machine) -> None:
    done = without_python.set_up("run", USER_ID="1000")

    assert done.returncode == 1
    assert "--no-install-recommends python3 python3-venv libone0" in done.stdout


@pytest.mark.parametrize(
    "env",
    [
        pytest.param({"INSTALLED": "bash python3"}, id="the release's own is too old"),
        pytest.param({"BRINGS_PYTHON": ""}, id="what came is too old"),
    ],
)
def test_without_a_new_enough_python_it_gives_up(without_python: Machine, env: dict[str, str]) -> None:
    done = without_python.set_up("run", **env)

    assert done.returncode == 1
    assert done.stderr.startswith("setup: Python 3.11 or newer is needed")


def test_what_would_start_a_service_is_unpacked_once_and_never_installed(machine: Machine) -> None:
    for _ in range(2):
        done = machine.set_up("packages", "one", "unpack", INSTALLED="libone0 libtwo")
        assert (done.returncode, done.stderr) == (0, "")
    assert machine.calls() == ["apt-get -q download libkiller", "dpkg-deb -x"]
    assert (machine.directory / ".cache/unpacked/libkiller").is_dir()


@pytest.mark.parametrize("arguments", [[], ["walk"], ["packages", "nothing"], ["packages", "one.*"]])
def test_a_wrong_word_is_refused(machine: Machine, arguments: list[str]) -> None:
    done = machine.set_up(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("setup: ")
    assert machine.calls() == []


def test_the_list_is_well_formed() -> None:
    name = "[a-z0-9][a-z0-9+.-]+"
    lines = (PACKAGING / "system-packages.txt").read_text().splitlines()
    odd = [line for line in lines if not re.fullmatch(rf"#.*|[a-z]+ {name}(\|{name})*", line)]
    assert odd == []
