"""The real app under a Wayland compositor: it can't place its popup there, but it must come when it is called."""

from __future__ import annotations

import pytest

from oomtray.desktop.global_shortcut import SHORTCUT
from tests.desktop.app import TITLE, App
from tests.rigs.bus.peers import serving
from tests.rigs.bus.shortcut_portal import KEYS, ShortcutPortal
from tests.rigs.desktop.session import python_module, wait_for
from tests.rigs.desktop.wayland import WaylandDesktop

pytestmark = pytest.mark.wayland


def test_a_click_on_the_icon_opens_the_popup_and_it_ends_cleanly():
    with WaylandDesktop() as desk:
        program = desk.run(python_module("oomtray"))
        desk.wait_for_tray_icon()
        popup = desk.opens(desk.click_icon, title=TITLE)
        assert popup.box.width > 300
        assert program.stop() == 0, program.output()


def test_a_press_of_the_shortcut_opens_the_popup_and_another_closes_it():
    with WaylandDesktop() as desk:
        desk.stop("portal")
        portal = ShortcutPortal(f"unix:path={desk.socket}", known={SHORTCUT: KEYS})
        app = App(desk)
        app.settings("[popup]\nglobal_shortcut = true\n")
        with serving(portal.peer):
            app.start()
            wait_for(lambda: portal.bound, "the shortcut to be bound")
            desk.opens(portal.press, title=TITLE)
            portal.press()
            desk.wait_for_no_window(TITLE)
        portal.peer.close()
