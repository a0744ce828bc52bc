"""Groups what the icon's menu lists into apps, as the popup does, and looks up their display names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oomtray.kernel.scripts import ScriptNames
    from oomtray.risk.assessment import Assessment

_MOST = 10
"""Apps whose names are looked up: twice as many as the menu lists, since the effects name those that come after."""


class MenuApps:
    """Called when the menu opens, since no popup may have been opened yet; what it needs is imported then."""

    def __init__(self) -> None:
        self._scripts: ScriptNames | None = None

    def __call__(self, assessment: Assessment) -> Assessment:
        """Return the assessment with its apps, each script one. At the critical level nothing waits for the disk."""
        from oomtray.kernel.scripts import ScriptNames
        from oomtray.risk.assess import with_apps

        if self._scripts is None:
            self._scripts = ScriptNames()
        hurried = assessment.level.name == "critical"
        whole = with_apps(assessment, self._scripts.of(assessment.snapshot.processes, read=not hurried))
        if not hurried:
            from oomtray.ui.app.told_names import learn_names

            learn_names(whole, [app.members[0].process for app in whole.apps[:_MOST] if app.rank is not None])
        return whole
