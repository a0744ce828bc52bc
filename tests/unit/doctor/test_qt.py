"""The doctor on Qt: loaded by a program of its own, which may fail, crash or never end."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from oomtray.cli import doctor
from oomtray.doctor import Place
from oomtray.doctor import checks as known


class TestQt:
    @pytest.fixture
    def version(self, monkeypatch: pytest.MonkeyPatch):
        def set_version(version: str, python: tuple[int, int] = sys.version_info[:2]) -> None:
            monkeypatch.setattr("importlib.metadata.version", lambda _: version)
            monkeypatch.setattr(sys, "version_info", (*python, 0))

        return set_version

    def fake_qt(self, tmp_path: Path, body: str) -> Place:
        package = tmp_path / "PySide6"
        package.mkdir()
        (package / "__init__.py").write_text(body)
        (package / "QtWidgets.py").touch()
        return Place(environ={**os.environ, "PYTHONPATH": str(tmp_path)})

    def test_one_that_can_be_loaded(self, tmp_path: Path, version) -> None:
        version("6.11.3")
        assert doctor.check_qt(self.fake_qt(tmp_path, "")) == known.found(True, "qt-loads", version="6.11.3")

    def test_nothing_is_loaded_from_the_directory_where_the_command_was_started(
        self, tmp_path: Path, version, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Anybody may have put a PySide6 into /tmp, and root may ask there."""
        version("6.11.3")
        place = self.fake_qt(tmp_path, "")
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        self.fake_qt(elsewhere, "import os; os.abort()")
        monkeypatch.chdir(elsewhere)
        assert doctor.check_qt(place) == known.found(True, "qt-loads", version="6.11.3")

    @pytest.mark.parametrize(("python", "ok"), [((3, 11), False), ((3, 12), True), ((3, 13), True)])
    def test_the_one_that_breaks_python(
        self, tmp_path: Path, version, python: tuple[int, int], ok: bool
    ) -> None:
        version("6.12.0", python)
        assert doctor.check_qt(self.fake_qt(tmp_path, "")).ok is ok

    def test_a_library_of_the_system_is_missing(self, tmp_path: Path) -> None:
        body = "raise ImportError('libEGL.so.1: cannot open shared object file: No such file or directory')"
        check = doctor.check_qt(self.fake_qt(tmp_path, body))
        assert check.ok is False
        assert "libEGL.so.1" in known.told("qt", check).says
        assert "libegl1" in str(known.told("qt", check).remedy)

    def test_it_is_not_installed(self, tmp_path: Path) -> None:
        body = "raise ModuleNotFoundError(\"No module named 'PySide6'\", name='PySide6')"
        check = doctor.check_qt(self.fake_qt(tmp_path, body))
        assert check.ok is False
        assert "pip install PySide6-Essentials" in str(known.told("qt", check).remedy)

    def test_loading_it_crashes(self, tmp_path: Path) -> None:
        check = doctor.check_qt(self.fake_qt(tmp_path, "import os; os.abort()"))
        assert check.ok is False
        assert check == known.found(False, "qt-crashes", status=-6)

    def test_it_never_comes_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doctor, "LOAD_SECONDS", 0.2)
        assert doctor.check_qt(self.fake_qt(tmp_path, "import time; time.sleep(60)")).ok is None
