"""The real app under a Wayland compositor: it can't place its popup there, but it must come when it is called."""

from __future__ import annotations

import pytest

from tests.desktop.app import TITLE
from tests.rigs.desktop.session import python_module
from tests.rigs.desktop.wayland import WaylandDesktop

pytestmark = pytest.mark.wayland


def test_a_click_on_the_icon_opens_the_popup_and_it_ends_cleanly():
    with WaylandDesktop() as desk:
        program = desk.run(python_module("oomtray"))
        desk.wait_for_tray_icon()
        popup = desk.opens(desk.click_icon, title=TITLE)
        assert popup.box.width > 300
        assert program.stop() == 0, program.output()
