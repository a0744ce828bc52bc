"""Have systemd check a unit with the new drop-in, before anything is installed and without privilege."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile

from oomtray.actions.units.dropin import FILE, render
from oomtray.actions.units.settings import Refusal, UnitRefused, UnitSettings

_SECONDS = 20


def verify(name: str, settings: UnitSettings, *, user: bool, program: str | None = None) -> bool:
    """Raise UnitRefused if systemd objects to the drop-in; return False if systemd-analyze is missing or fails to run.

    Objections to the rest of the unit are ignored.
    """
    program = program or shutil.which("systemd-analyze")
    if program is None:
        return False
    with tempfile.TemporaryDirectory(prefix="oomtray-verify-") as directory:
        folder = os.path.join(directory, f"{name}.d")
        os.mkdir(folder)
        with open(os.path.join(folder, FILE), "w", encoding="ascii") as file:
            file.write(render(settings))
        command = [program, "--user" if user else "--system", "verify", "--recursive-errors=no", "--man=no", name]
        # The trailing colon keeps the default directories after ours.
        environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{directory}:", "LC_ALL": "C", "SYSTEMD_LOG_LEVEL": "info"}
        try:
            answer = subprocess.run(
                command, env=environment, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        said = answer.stderr.decode("utf-8", "backslashreplace").splitlines()
    objections = [line.replace(directory, "") for line in said if FILE in line]
    if objections:
        raise UnitRefused(Refusal("objection", name, objections[0].strip()))
    if answer.returncode and any(name in line and "not found" in line for line in said):
        raise UnitRefused(Refusal("no-unit", name, user=user))
    return True
