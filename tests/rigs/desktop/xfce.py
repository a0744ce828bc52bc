"""Settings of the Xfce programs in a rig, written before they start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.rigs.desktop.screen import Color


@dataclass(frozen=True, slots=True)
class Theme:
    """Colors by which the rig finds things on the screen."""

    gtk: str
    panel: Color
    wallpaper: int
    button: Color = (0x35, 0x84, 0xE4)
    """of a notification's buttons, used by nothing else on the screen"""
    panel_gtk: str = "Adwaita:dark"
    """of the panel, which is dark beside light windows too, as Xfce's is by default"""


THEMES = {
    "light": Theme("Adwaita", (0x24, 0x24, 0x28), 0x7A9CC6),
    "dark": Theme("Adwaita:dark", (0x24, 0x24, 0x28), 0x26303F),
    "contrast": Theme("HighContrastInverse", (0, 0, 0), 0x26303F, panel_gtk="HighContrastInverse"),
}

PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x={middle};y={y}"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="{size}"/>
      <property name="background-style" type="uint" value="1"/>
      <property name="background-rgba" type="array">
        <value type="double" value="{red:.6f}"/>
        <value type="double" value="{green:.6f}"/>
        <value type="double" value="{blue:.6f}"/>
        <value type="double" value="1.000000"/>
      </property>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
"""

NOTIFYD = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-notifyd" version="1.0">
  <property name="theme" type="string" value="rig"/>
  <property name="notify-location" type="uint" value="2"/>
  <property name="initial-opacity" type="double" value="1.0"/>
  <property name="do-fadeout" type="bool" value="false"/>
  <property name="do-slideout" type="bool" value="false"/>
  <property name="expire-timeout" type="int" value="{expire}"/>
</channel>
"""

NOTIFYD_CSS = """#XfceNotifyWindow {{ border-radius: 6px; border-width: 1px; border-color: #888888; }}
#XfceNotifyWindow label#summary {{ font-weight: bold; }}
#XfceNotifyWindow button, #XfceNotifyWindow button:hover {{
    background: {button}; border-color: {button}; color: #ffffff;
    box-shadow: none; text-shadow: none; transition: none;
}}
#XfceNotifyWindow button label {{ color: #ffffff; }}
"""


def write_settings(
    home: Path, config: Path, theme: Theme, *, width: int, height: int, panel: int, expire: int
) -> None:
    """Write the settings. `panel` is its height in pixels; `expire` the seconds until a notification closes itself."""
    channels = config / "xfce4/xfconf/xfce-perchannel-xml"
    channels.mkdir(parents=True)
    red, green, blue = (part / 255 for part in theme.panel)
    text = PANEL.format(middle=width // 2, y=height - panel // 2, size=panel, red=red, green=green, blue=blue)
    (channels / "xfce4-panel.xml").write_text(text)
    (channels / "xfce4-notifyd.xml").write_text(NOTIFYD.format(expire=expire))
    css = home / ".themes/rig/xfce-notify-4.0"
    css.mkdir(parents=True)
    (css / "gtk.css").write_text(NOTIFYD_CSS.format(button="#{:02x}{:02x}{:02x}".format(*theme.button)))
