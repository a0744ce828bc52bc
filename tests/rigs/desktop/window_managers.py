"""Window managers for the X desktop, each with focus by click or by the pointer, through its own settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

OPENBOX = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>{follows}</followMouse><focusDelay>50</focusDelay></focus>
  <theme><name>Clearlooks</name></theme>
  <desktops><number>1</number></desktops>
  <keyboard>
    <keybind key="A-Tab"><action name="NextWindow"><finalactions>
      <action name="Focus"/><action name="Raise"/>
    </finalactions></action></keybind>
  </keyboard>
  <mouse>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
    </context>
  </mouse>
</openbox_config>
"""

XFWM4 = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfwm4" version="1.0">
  <property name="general" type="empty">
    <property name="click_to_focus" type="bool" value="{click}"/>
    <property name="focus_delay" type="int" value="50"/>
    <property name="use_compositing" type="bool" value="false"/>
    <property name="workspace_count" type="int" value="1"/>
  </property>
</channel>
"""

METACITY = """[org/gnome/desktop/wm/preferences]
focus-mode='{mode}'
num-workspaces=1
"""


@dataclass(frozen=True, slots=True)
class WindowManager:
    """A window manager. `write_settings` takes the user's settings directory and whether focus follows the pointer."""

    argv: tuple[str, ...]
    package: str
    write_settings: Callable[[Path, bool], None]
    env: tuple[tuple[str, str], ...] = ()


def _openbox(config: Path, follows: bool) -> None:
    if follows:  # else the package's settings apply
        _write(config / "openbox/rc.xml", OPENBOX.format(follows="yes"))


def _xfwm4(config: Path, follows: bool) -> None:
    text = XFWM4.format(click=str(not follows).lower())
    _write(config / "xfce4/xfconf/xfce-perchannel-xml/xfwm4.xml", text)


def _metacity(config: Path, follows: bool) -> None:
    _write(config / "glib-2.0/settings/keyfile", METACITY.format(mode="sloppy" if follows else "click"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


WINDOW_MANAGERS = {
    "openbox": WindowManager(("openbox",), "openbox", _openbox),
    "xfwm4": WindowManager(("xfwm4", "--compositor=off", "--vblank=off"), "xfwm4", _xfwm4),
    "metacity": WindowManager(
        ("metacity", "--sm-disable", "--no-composite"), "metacity", _metacity, (("GSETTINGS_BACKEND", "keyfile"),)
    ),
}
