"""The root directory of a Debian 13 with the package's dependencies and recommendations, and nothing else of ours.

`unpacked` provides single programs of a Debian 13 that run beside this system's own.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.rigs.cache import built
from tests.rigs.debian.debian_tree import SUITE as OLDER
from tests.rigs.processes.programs import RigUnavailable, need_programs

NEWER = "trixie"
CONTROL = Path(__file__).parents[3] / "packaging/debian/control"
LEFT_OUT = (
    *("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"),
    *("/usr/lib/*/libLLVM*", "/usr/lib/*/libgallium*", "/usr/lib/*/dri/*"),  # 3D: half of the size
)
"""Files of packages that nothing here uses."""


def relations(field: str) -> list[str]:
    """Return the packages in a field of the binary package, the first of alternatives, without versions."""
    binary = CONTROL.read_text().split("\n\nPackage:")[1]
    found = re.search(rf"^{field}:(.*?)(?=^\S|\Z)", binary, re.MULTILINE | re.DOTALL)
    assert found, field
    items = [item.strip() for item in found[1].split(",")]
    return [re.split(r"[ |]", item)[0] for item in items if item and not item.startswith("$")]


def trixie() -> Path:
    """Return a Debian 13 with the package's dependencies, and the recommended PySide6."""
    _need_mmdebstrap()
    qt = [name for name in relations("Recommends") if name.startswith("python3-")]
    packages = [*relations("Depends"), *qt]
    return built("trixie", [NEWER, *packages, *LEFT_OUT], lambda to: _build(to, packages))


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Packages with their dependencies, unpacked but not installed."""

    path: Path

    def command(self, program: str) -> list[str]:
        """Return the command that starts one of its programs, with its own C library and all others."""
        [loader] = self.path.glob("usr/lib*/ld-linux*.so.*")
        libraries = ":".join(str(found) for found in self.path.glob("usr/lib/*-linux-gnu*"))
        return [str(loader), "--library-path", libraries, str(self.path / "usr/bin" / program)]


def unpacked(name: str, packages: list[str], left_out: tuple[str, ...] = ()) -> Unpacked:
    """Unpack once, cached under this name."""
    _need_mmdebstrap()
    without = (*LEFT_OUT, *left_out)
    build = lambda to: _build(to, packages, "extract", without)  # noqa: E731
    return Unpacked(built(name, [NEWER, *packages, *without], build))


def _need_mmdebstrap() -> None:
    need_programs({"mmdebstrap": "mmdebstrap"})
    if os.geteuid() != 0:
        raise RigUnavailable("building a Debian root directory needs root")


def _build(to: Path, packages: list[str], variant: str = "apt", without: tuple[str, ...] = LEFT_OUT) -> None:
    command = ["mmdebstrap", "--quiet", f"--variant={variant}", "--mode=root", "--format=directory"]
    command += ["--include=" + ",".join(packages), "--aptopt=APT::Install-Recommends false"]
    command += ["--dpkgopt=force-unsafe-io", *(f"--dpkgopt=path-exclude={path}" for path in without)]
    sources = _sources()
    done = subprocess.run(
        [*command, NEWER, str(to), *(["-"] if sources else [])],
        input=sources,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"mmdebstrap failed ({done.returncode}):\n{done.stderr[-3000:]}")


def _sources() -> str:
    """Return this machine's mirror if it is a Debian 12; otherwise nothing, for mmdebstrap's default."""
    files = sorted(Path("/etc/apt/sources.list.d").glob("*.sources"))
    texts = [
        text for text in map(Path.read_text, files) if re.search(rf"^Suites: {OLDER}", text, re.MULTILINE)
    ]
    return "\n".join(re.sub(rf"\b{OLDER}\b", NEWER, text) for text in texts)
