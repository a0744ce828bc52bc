"""The help on a real desktop: from the icon's menu, and by F1 from the popup, which stays."""

from __future__ import annotations

from tests.desktop.app import TITLE
from tests.rigs.desktop.session import wait_for


def test_the_icons_menu_leads_to_it(desk, app):
    app.start()
    app.menu()
    desk.opens(lambda: desk.key("Up", "Up", "Return"), title="Help")
    desk.key("Escape")
    desk.wait_for_no_window("Help")


def test_f1_in_the_popup_opens_it_and_the_popup_makes_room(accessible_desk):
    from tests.desktop.app import App

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
