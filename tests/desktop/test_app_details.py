"""The details of a process on a real desktop: opened from its row, read from the kernel, and loaded only then."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.desktop.app import sleeper
from tests.rigs.desktop.session import wait_for


@pytest.fixture
def desk(accessible_desk):
    return accessible_desk


def test_a_rows_menu_leads_to_the_details_and_psutil_is_loaded_only_for_them(desk, app):
    with sleeper("zebrafish") as pid:
        row = app.alone("zebrafish")
        maps = Path(f"/proc/{app.program.pid}/maps")
        assert "psutil" not in maps.read_text()

        desk.opens(lambda: desk.click_on(row, button=3))
        window = desk.opens(lambda: desk.key("Up", "Up", "Return"), title="Details")  # above More
        wait_for(lambda: "What runs" in app.says(), "the facts")
        says = app.says()
        assert re.search(rf"(?m)^Process {pid} · \S+ · running for \d+", says)
        assert f"Directory: {os.getcwd()}" in says
        assert "No permission" not in says
        assert "psutil" in maps.read_text()
        assert desk.accessible.find("text", "Command line", app="oomtray")

        desk.key("Escape")
        desk.wait_for_no_window("Details")
        assert window.box.width > 400
