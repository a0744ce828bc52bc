"""Every test here may build a Debian first; `package` is the package of this tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.rigs.processes.programs import need_programs

HERE = Path(__file__).parent
PACKAGING = HERE.parents[1] / "packaging"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.deb)
            item.add_marker(pytest.mark.timeout(600))  # the first one builds a Debian


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Debian package of this tree."""
    need_programs({"dpkg-buildpackage": "dpkg-dev", "dh": "debhelper", "dh_python3": "dh-python"})
    to = tmp_path_factory.mktemp("package")
    done = subprocess.run([PACKAGING / "deb.sh", to], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (built,) = to.iterdir()
    return built
