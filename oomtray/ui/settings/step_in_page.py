"""The page for ending expendable apps before the computer hangs."""

from __future__ import annotations

from oomtray.messages.i18n import tr
from oomtray.ui.settings.expendable_list import ExpendableList
from oomtray.ui.settings.page import Page
from oomtray.ui.settings.plain_pages import row

_ON = "step_in.enabled"


class StepInPage(Page):
    """The apps stay enabled while it is off: they are marked first, here or by a right click, before it is switched on."""

    def build(self) -> None:
        self.add_setting(
            row(self, _ON, tr("Ends one app that you marked as expendable, after a countdown that you can stop.")),
        )
        self.add_setting(
            row(self, "step_in.kill_seconds", tr("Either this or a stall is enough."), needs=_ON),
            row(self, "step_in.stall", tr("Part of the last 10 seconds in which all programs waited."), needs=_ON),
            row(self, "step_in.stall_seconds", needs=_ON),
            row(self, "step_in.grace_seconds", tr("The app is asked to end first."), needs=_ON),
            caption=tr("When and how"),
        )
        self.expendable = ExpendableList(self.around, self.widget())
        self.expendable.undoable.connect(self.undoable)
        self.add_card(
            self.expendable,
            caption=tr("Apps that may be ended"),
            note=tr("Nothing else is ever ended: no service, nothing of another user, no part of the session."),
        )

    def line_up(self, defaults: int) -> None:
        self.expendable.line_up(defaults)

    def take(self) -> None:
        super().take()
        self.expendable.take()
