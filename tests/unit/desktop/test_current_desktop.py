"""Which desktop this is, and what would show the icon there."""

from __future__ import annotations

import pytest

from oomtray.desktop.current_desktop import desktops, panel
from oomtray.messages.desktop import tray_remedy


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        ({"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, "AppIndicator"),
        ({"XDG_CURRENT_DESKTOP": "GNOME-Classic:GNOME"}, "AppIndicator"),
        ({"XDG_CURRENT_DESKTOP": "KDE"}, "System Tray"),
        ({"XDG_CURRENT_DESKTOP": "XFCE"}, "Status Tray"),
        ({"XDG_CURRENT_DESKTOP": "LXQt"}, "Status Notifier"),
        ({"XDG_CURRENT_DESKTOP": "sway", "WAYLAND_DISPLAY": "wayland-1"}, "Waybar"),
        ({"XDG_CURRENT_DESKTOP": "river", "WAYLAND_DISPLAY": "wayland-1"}, "Waybar"),
        ({"DISPLAY": ":0"}, "xfce4-panel"),
        ({"XDG_CURRENT_DESKTOP": ":::"}, "xfce4-panel"),
    ],
)
def test_each_desktop_has_its_remedy(environ: dict[str, str], names: str) -> None:
    sentence = tray_remedy(panel(environ))
    assert names in sentence
    assert sentence.endswith(".")


def test_desktops_are_named_most_specific_first() -> None:
    assert desktops({"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}) == ("ubuntu", "gnome")
