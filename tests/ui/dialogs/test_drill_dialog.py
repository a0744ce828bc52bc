"""The fire drill's dialog starts nothing by itself, shows each step of the kill, or why none can be held, and can be repeated."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from oomtray.drill import Drill, NoDrill
from oomtray.ui.dialogs import drill_dialog
from oomtray.ui.dialogs.drill_dialog import DrillDialog, Step, Steps
from tests.facts import kills
from tests.ui.text_size import text_size

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
VICTIM = kills.Dead(pid=77, name="oomtray-drill", freed=60 << 20, oom_score_adj=1000)


@pytest.fixture
def dialog(qtbot):
    def show(answer):
        def hold():
            if isinstance(answer, Exception):
                raise answer
            return answer

        dialog = DrillDialog(hold=hold)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return show


def start(dialog, qtbot):
    with qtbot.waitSignal(dialog.ended):
        dialog.start_button.click()
        assert not dialog.start_button.isEnabled()
    assert dialog.start_button.isEnabled()
    says = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    return "\n".join(says).replace("\u00a0", " ")


def states(dialog):
    return [step.state for step in dialog.steps.steps]


def test_it_waits_for_a_click(dialog):
    shown = dialog(NoDrill("no-systemd"))
    assert "64 MiB" in shown.intent.text()
    assert states(shown) == ["open"] * 4
    assert not shown.windowIcon().isNull(), "the popup behind it has none to hand on"


def test_the_whole_chain(dialog, qtbot, monkeypatch):
    said = []
    monkeypatch.setattr(drill_dialog, "announce", lambda _dialog, text: said.append(text))
    shown = dialog(Drill(77, 0.4, 0.2, kills.leak(victims=(VICTIM,), ranking=None, foretold=None)))
    says = start(shown, qtbot)
    assert shown.headline.text() == "It works: a kill is noticed, named and explained."
    assert said == [shown.headline.text()], "a screen reader says it, wherever the keyboard is"
    assert states(shown) == ["done"] * 4
    assert any("0.4\u00a0s" in label.text() for label in shown.findChildren(QLabel)), "no line is broken between a number and its unit"
    assert "oomtray-drill (77) took more than its 64.0 MiB and was killed after 0.4 s." in says
    assert "It was noticed within 0.2 s." in says
    assert "It is certain that it was oomtray-drill (77)." in says
    assert "That freed 60.0 MiB." in says
    with qtbot.waitSignal(shown.kills_wanted):
        shown.show_button.click()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(NoDrill("no-memory-controller"), "cgroup v2", id="cgroup v1"),
        pytest.param(NoDrill("not-started", "Access denied"), "systemd says: Access denied", id="refused"),
        pytest.param(RuntimeError("odd"), "could not be started", id="something else"),
        pytest.param(Drill(77, 0.4, None, None), "This kernel doesn't tell of kills.", id="not noticed"),
        pytest.param(Drill(78, 0.4, 0.1, kills.leak(victims=(VICTIM,))), "It isn't known which process it was.", id="another was named"),
    ],
)
def test_where_it_does_not_work(dialog, qtbot, answer, says):
    shown = dialog(answer)
    assert says in start(shown, qtbot)
    assert "works" not in shown.headline.text()
    assert shown.start_button.isVisible() is (says != "cgroup v2"), "what the machine lacks it lacks the next time as well"
    assert shown.steps.isVisible() is isinstance(answer, Drill)
    assert "failed" in states(shown) or not isinstance(answer, Drill)


@pytest.mark.parametrize("state", ["open", "done", "failed"])
def test_the_marks_of_its_steps_grow_with_the_text(qtbot, state):
    painted = []
    for points in (10, 20):
        with text_size(points):
            steps = Steps()
            qtbot.addWidget(steps)
            steps.show_steps([Step(state, "The kernel killed it")])
            picture = steps.layout().itemAtPosition(0, 0).widget().grab().toImage()
            ground = picture.pixelColor(0, 0)
            painted.append(sum(any(picture.pixelColor(x, y) != ground for x in range(picture.width())) for y in range(picture.height())))
    assert painted[1] == pytest.approx(2 * painted[0], abs=2)
