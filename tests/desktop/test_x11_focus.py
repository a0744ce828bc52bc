"""A click is told also where it came in while the watch asked the X server something."""

from __future__ import annotations

from tests.rigs.desktop.session import Desktop, python_module, wait_for


def test_a_click_that_came_in_with_an_answer_is_told() -> None:
    with Desktop(panel=None) as desk:
        app = desk.run(python_module("tests.desktop.click_meanwhile"))

        wait_for(lambda: "released" in app.output(), "the watch to tell of the click", timeout=15)

        assert app.output().split() == ["looked", "pressed", "released"]
