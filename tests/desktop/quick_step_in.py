"""The app with a countdown of seconds, on a machine that it is told will kill in half a minute: `VICTIM_UID` owns what may be ended.

What is judged, shown and signaled is real; only how long memory lasts is said here, as no test may exhaust the machine's.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Any

from oomtray.__main__ import main
from oomtray.risk import step_in as policy
from oomtray.risk.assessment import Assessment
from oomtray.risk.outlook import Forecast
from oomtray.ui.app import step_in


class InHalfAMinute(step_in.StepInController):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, uid=int(os.environ["VICTIM_UID"]), **options)

    def consider(self, assessment: Assessment) -> None:
        super().consider(replace(assessment, forecast=Forecast(kill=(25.0, 35.0))))


if __name__ == "__main__":
    policy.COUNTDOWN = float(os.environ["COUNTDOWN"])
    step_in.StepInController = InHalfAMinute  # type: ignore[misc]
    sys.exit(main())
