"""What `oomtray doctor` finds on real desktops."""

from __future__ import annotations

import json
import sys

import pytest

from tests.rigs.desktop.session import Desktop


def examined(desk: Desktop) -> dict[str, tuple[bool | None, str]]:
    """(ok, says) of each check."""
    app = desk.run([sys.executable, "-m", "oomtray", "doctor", "--json"])
    status = app.wait()
    checks = json.loads(app.output())["checks"]
    assert status == any(check["ok"] is False for check in checks)
    return {check["id"]: (check["ok"], check["says"]) for check in checks}


def test_a_full_desktop_lacks_nothing_of_its_own(desk: Desktop) -> None:
    found = examined(desk)
    assert found["session-bus"][0] is True
    assert found["tray-host"] == (True, "StatusNotifierItem")
    assert found["notifications"][0] is True
    assert found["notifications"][1].endswith("with buttons")
    assert found["qt"][0] is True


def test_a_tray_that_knows_xembed_alone_is_one(xembed_desk: Desktop) -> None:
    assert examined(xembed_desk)["tray-host"] == (True, "XEmbed")


def test_no_tray_is_told(trayless_desk: Desktop) -> None:
    ok, says = examined(trayless_desk)["tray-host"]
    assert ok is False
    assert "Nothing here shows tray icons" in says


@pytest.mark.parametrize("part", ["panel", "notifications"])
def test_what_has_died_is_missed(desk: Desktop, part: str) -> None:
    desk.stop(part)
    name = {"panel": "tray-host"}.get(part, part)
    assert examined(desk)[name][0] is False
