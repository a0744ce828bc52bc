"""Rules that last, as a person uses them: from the file, from a row, and by the line that asks for permission."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop.app import App, sleeper
from tests.rigs.desktop.session import Desktop, wait_for
from tests.rigs.processes.ordinary import need_user_namespace
from tests.rigs.processes.proc import adj_of


@pytest.fixture
def desk(accessible_desk):
    return accessible_desk


def rules_file(desk):
    path = Path(desk.env["XDG_CONFIG_HOME"]) / "oomtray" / "rules.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_a_rule_reaches_a_process_that_starts_while_the_tray_runs(desk, app):
    rules_file(desk).write_text('[[rule]]\nprocess = "zebrafish"\nset = "first"\n')
    app.settings("[pace]\ncalm_seconds = 2\n")
    app.start()
    with sleeper("zebrafish") as pid:
        wait_for(lambda: adj_of(pid) == 900, "the rule to reach it", timeout=40)


def test_always_deprioritize_by_the_rows_menu_and_undo(desk, app):
    with sleeper("zebrafish") as pid:
        row = app.alone("zebrafish")
        desk.opens(lambda: desk.click_on(row, button=3))
        # More, and in it below what is strong, the value and Always protect
        desk.opens(lambda: desk.key("Up", "Right", *["Down"] * 4, "Return"), title="Always deprioritize")
        desk.key("Return")
        wait_for(lambda: adj_of(pid) == 300, "the new rule to reach it")
        assert 'process = "zebrafish"' in rules_file(desk).read_text()
        app.press("Undo")
        wait_for(lambda: adj_of(pid) == 0, "its earlier value")
        assert "zebrafish" not in rules_file(desk).read_text()


def test_a_mistake_in_the_file_is_told_in_the_popup(desk, app):
    rules_file(desk).write_text('[[rule]]\nproces = "x"\nset = 1\n')
    app.start()
    app.popup()
    wait_for(lambda: "rules.toml, line 2, rule 1" in app.says(), "the mistake")


def test_rules_are_written_and_taken_out_in_the_settings_which_say_what_each_matches(desk, app):
    file = rules_file(desk)
    file.write_text('# mine\n[[rule]]\nlabel = "The zebra"\nprocess = "zebrafish"\nset = "first"\n')
    with sleeper("zebrafish") as pid:
        app.start()
        app.popup()
        desk.opens(lambda: desk.key("ctrl+comma"), title="Settings")
        desk.click_on(desk.accessible.wait_for("list item", "Rules", app="oomtray").box)
        row = desk.accessible.wait_for("tree item", "The zebra", app="oomtray")
        desk.accessible.wait_for("tree item", "1 process", app="oomtray")
        desk.opens(lambda: app.press("Add…"), title="New rule")
        desk.type("an-app")  # where the cursor stands
        wait_for(lambda: 'app = "an-app"' in file.read_text() or desk.key("Return"), "the new rule")
        desk.wait_for_no_window("New rule")
        desk.click_on(row.box)
        app.press("Remove")
        wait_for(lambda: "zebrafish" not in file.read_text(), "the rule to be gone")
        assert file.read_text().startswith("# mine\n")
        assert adj_of(pid) == 900, "what it set stays"


def test_a_rule_that_waits_is_a_line_whose_button_asks(request):
    """Nobody asks root for permission: where the tests run as root, this one runs again as an ordinary user."""
    if os.geteuid() == 0:
        need_user_namespace()
        again = [sys.executable, "-m", "pytest", "-q", "-p", "no:xvfb", "-p", "no:cacheprovider", request.node.nodeid]
        done = subprocess.run(
            [sys.executable, "-m", "tests.rigs.processes.ordinary", *again],
            cwd=request.config.rootpath, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        return
    with Desktop(accessible=True) as desk, sleeper("zebrafish"):
        app = App(desk)
        rules_file(desk).write_text(f'[[rule]]\nprocess = "zebrafish"\nuser = {os.getuid()}\nset = "protect"\n')
        app.start()
        app.popup()
        wait_for(lambda: "1 rule needs your permission" in app.says(), "the line")
        app.press("Allow…")
        # in a user namespace nothing is set-uid: pkexec, or the helper that is missing, gives no permission
        wait_for(lambda: "helper" in app.says() or "not given" in app.says(), "what came of it")
        wait_for(lambda: "1 rule needs your permission" in app.says(), "the line again")
