"""`ui`: a popup with its rules, where an owner lowers a value to 0 and no further."""

from __future__ import annotations

import os

import pytest

from tests.ui.popup_with_rules import PopupWithRules


@pytest.fixture
def ui(qtbot, tmp_path, xdg, monkeypatch):
    monkeypatch.setattr(os, "getuid", os.geteuid)  # its processes are of whoever runs the tests
    ui = PopupWithRules(qtbot, tmp_path)
    # a file takes any number: here, as in the kernel, an owner goes down to 0 alone
    from oomtray.kernel.process_handle import ProcessHandle

    def floor(handle, value):
        if value < 0:
            raise PermissionError(13, "Permission denied")
        ui.tree.write(f"{handle.pid}/oom_score_adj", f"{value}\n")

    monkeypatch.setattr(ProcessHandle, "write_adj", floor)
    monkeypatch.setattr("oomtray.actions.adjust.is_root", lambda: False)
    yield ui
    ui.popup.put_away()
    ui.monitor.close()
