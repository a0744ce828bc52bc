"""How the value of a setting stands in a sentence."""

from __future__ import annotations

import pytest

from oomtray.messages.setting_labels import kept_value, span


@pytest.mark.parametrize(
    ("path", "kept", "says"),
    [
        pytest.param("notifications.warning", True, "on", id="a switch"),
        pytest.param("notifications.warning", False, "off", id="a switch that is off"),
        pytest.param("levels.warning_percent", 80, "80 %", id="a number"),
        pytest.param("levels.warning_percent", 0, "off", id="0 that means off"),
        pytest.param("actions.deprioritize", 0, "0", id="0 that means 0"),
        pytest.param("rows.show", "apps", "apps", id="a choice"),
        pytest.param("rows.show", "a\n", "a\\n", id="a choice of another version"),
        pytest.param("step_in.expendable", ["Slack", "java"], "Slack, java", id="names"),
        pytest.param("step_in.expendable", [], "none", id="no names"),
        pytest.param("new.one", True, "True", id="of another version"),
    ],
)
def test_a_value(path: str, kept: object, says: str) -> None:
    assert kept_value(path, kept) == says


@pytest.mark.parametrize(("seconds", "says"), [(45, "45 s"), (90, "1 min 30 s"), (300, "5 min"), (7200, "2 h"), (5400, "90 min")])
def test_a_time(seconds: float, says: str) -> None:
    assert span(seconds) == says
