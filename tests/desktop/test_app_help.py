"""The help on a real desktop: from the icon's menu, and by F1 from the popup, which stays."""

from __future__ import annotations

import pytest

from tests.desktop.app import TITLE, App
from tests.rigs.desktop.session import Desktop, wait_for


def test_the_icons_menu_leads_to_it(desk, app):
    app.start()
    app.menu()
    desk.opens(lambda: desk.key("Up", "Up", "Return"), title="Help")
    desk.key("Escape")
    desk.wait_for_no_window("Help")


def test_f1_in_the_popup_opens_it_and_the_popup_makes_room(accessible_desk):
    desk = accessible_desk
    app = App(desk)
    app.start()
    app.popup()
    desk.opens(lambda: desk.key("F1"), title="Help")
    desk.wait_for_no_window(f"^{TITLE}$")
    tree = desk.accessible
    wait_for(lambda: tree.find("list item", "How the score works", app="oomtray"), "the topics")
    desk.type("swappiness")
    wait_for(lambda: not tree.find("list item", "How the score works", app="oomtray"), "the pages without it to go")
    assert tree.find("list item", "What old advice gets wrong", app="oomtray")
    desk.key("Escape", "Escape")
    desk.wait_for_no_window("Help")


@pytest.mark.parametrize("wm", ["openbox", "xfwm4", "metacity"])
def test_f1_in_a_dialog_of_the_popup_opens_it_above_that(wm):
    """On xfwm4 and metacity it was below: the popup was a tool of the same group, and the dialog belongs to the popup."""
    with Desktop(wm=wm, width=1280, height=800) as desk:
        app = App(desk)
        app.start()
        app.popup()
        dialog = desk.opens(lambda: desk.key("Down", "alt+Return"), title="Details").box
        window = desk.opens(lambda: desk.key("F1"), title="Help").box
        right = window.x + window.width - 40
        assert dialog.x < right < dialog.x + dialog.width, "both are there"

        desk.click(right, dialog.y + 100)  # on the one above, which the key goes to then
        desk.key("Escape")
        desk.wait_for_no_window("Help")
        assert desk.windows("Details")
