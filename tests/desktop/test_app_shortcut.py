"""The popup's shortcut on a real desktop: pressed it opens, pressed again it closes, and a screen reader hears of the keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desktop.app import TITLE
from tests.desktop.test_app_settings import UP_TO_SETTINGS
from tests.rigs.bus.peers import serving
from tests.rigs.bus.shortcut_portal import KEYS, ShortcutPortal
from tests.rigs.desktop.session import Box, Desktop, wait_for

UP_TO_LOOK = 5
"""Pages above "Look and icon"."""
LABEL = "Open it with a shortcut from any window"
ON = "[popup]\nglobal_shortcut = true\n"


@pytest.fixture
def desk(accessible_desk: Desktop) -> Desktop:
    return accessible_desk


@pytest.fixture
def portal(desk: Desktop) -> Iterator[ShortcutPortal]:
    """In the place of the rig's own, which gives no shortcuts."""
    desk.stop("portal")
    portal = ShortcutPortal(f"unix:path={desk.socket}", asks=True)
    with serving(portal.peer):
        yield portal
    portal.peer.close()


def test_pressed_it_opens_and_pressed_again_it_closes(desk, app, portal):
    app.settings(ON)
    app.start()
    wait_for(lambda: portal.open, "the desktop's question")
    portal.choose(KEYS)
    for _ in range(2):
        desk.opens(portal.press, title=TITLE)
        portal.press()
        desk.wait_for_no_window(TITLE)


def test_it_opens_beside_the_icon_wherever_the_pointer_is(desk, app, portal):
    """It opened above the pointer, with no more rows than fit there."""
    app.settings(ON)
    app.start()
    wait_for(lambda: portal.open, "the desktop's question")
    portal.choose(KEYS)
    desk.point_at(Box(desk.width // 4, desk.height // 2, 1, 1))

    box = desk.opens(portal.press, title=TITLE).box

    assert box.y + box.height == desk.panel_box.y
    assert box.x > desk.width // 4


def test_switched_on_in_the_settings_it_says_which_keys_the_desktop_gave(desk, app, portal):
    tree = desk.accessible
    app.start()
    app.menu()
    desk.opens(lambda: desk.key(*["Up"] * UP_TO_SETTINGS, "Return"), title="Settings")
    desk.key(*["Down"] * UP_TO_LOOK)
    switch = tree.wait_for("check box", LABEL, app="oomtray")
    assert "The desktop asks you for the keys." in switch.description
    app_box = switch.box
    desk.click_on(app_box)
    wait_for(lambda: portal.open, "the desktop's question")
    assert app.config.read_text().endswith(ON)
    assert "The desktop is asked for the keys…" in app.says()
    portal.choose(KEYS)
    wait_for(lambda: f"Keys that the desktop has set: {KEYS}" in app.says(), "the keys")
    described = tree.wait_for("check box", LABEL, app="oomtray").description
    assert f"Keys that the desktop has set: {KEYS}" in described
    app.press("Change the keys…")
    wait_for(lambda: "ConfigureShortcuts" in portal.asked(), "the desktop's window for them")
    portal.change("Ctrl+F9")
    wait_for(lambda: "Keys that the desktop has set: Ctrl+F9" in app.says(), "the new keys")
    desk.click_on(app_box)
    wait_for(lambda: not portal.session, "the session to be closed")
    wait_for(lambda: "The desktop asks you for the keys." in app.says(), "the row as it was")


def test_a_desktop_without_a_portal_for_it_says_what_to_do_instead(desk, app):
    app.settings(ON)
    app.start()
    app.menu()
    desk.opens(lambda: desk.key(*["Up"] * UP_TO_SETTINGS, "Return"), title="Settings")
    desk.key(*["Down"] * UP_TO_LOOK)
    wait_for(lambda: "This desktop gives apps no shortcuts. Set one in its own keyboard settings" in app.says(), "what to do")
