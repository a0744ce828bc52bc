"""Reads the colors of a GTK 3 theme from its style sheet; those of the themes built into GTK are in a table here."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from oomtray.desktop import resource_file
from oomtray.file_access import FileError, read_whosoever
from oomtray.paths import data_dirs, data_home, home
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LARGEST, _LARGEST_RESOURCE = 1 << 20, 8 << 20
_MOST_IMPORTS, _MOST_NAMES = 6, 10
_MINORS = range(24, -1, -2)
"""Minor versions for which a theme may have a folder; gtk/gtkcssprovider.c, _gtk_css_find_theme_dir."""
_DEFINED = re.compile(rb"@define-color\s+(\w+)\s+([^;{}]{1,200});")
_IMPORTED = re.compile(rb"""@import\s+(?:url\()?\s*["']([^"'\n]{1,300})["']""")
_NUMBERS = re.compile(r"rgba?\(([\d\s.,%]+)\)")
_OF_GTK = "resource:///org/gtk/libgtk/theme/"


@dataclass(frozen=True, slots=True)
class ThemeColors:
    """Each 0xRRGGBB."""

    window: int
    window_text: int
    base: int
    """Background of lists and fields."""
    text: int
    selected: int
    selected_text: int
    of_gtk: bool = False
    """Adwaita, whose selection follows the desktop's accent color."""

    @property
    def dark(self) -> bool:
        return _lightness(self.window) < _lightness(self.window_text)


_ADWAITA = ThemeColors(0xF6F5F4, 0x2E3436, 0xFFFFFF, 0, 0x3584E4, 0xFFFFFF, of_gtk=True)
_ADWAITA_DARK = ThemeColors(0x353535, 0xEEEEEC, 0x2D2D2D, 0xFFFFFF, 0x15539E, 0xFFFFFF, of_gtk=True)
_CONTRAST = ThemeColors(0xFDFDFC, 0, 0xFFFFFF, 0, 0x1B6ACB, 0xFFFFFF)
_CONTRAST_DARK = ThemeColors(0, 0xFFFFFF, 0, 0xFFFFFF, 0x0F3B71, 0xFFFFFF)
_OWN = {
    "Adwaita": (_ADWAITA, _ADWAITA_DARK),
    "Adwaita-dark": (_ADWAITA_DARK, _ADWAITA_DARK),
    "HighContrast": (_CONTRAST, _CONTRAST_DARK),
    "HighContrastInverse": (_CONTRAST_DARK, _CONTRAST_DARK),
}
"""GTK 3.24.38, theme/Adwaita and theme/HighContrast, gtk-contained.css; in high contrast the text is made black or white,
and dark windows black: before Qt 6.10 only the colors tell of high contrast.
"""


def colors_of(theme: str, *, dark: bool, environ: Mapping[str, str] = os.environ) -> ThemeColors:
    """Return the theme's colors, or Adwaita's if it isn't found or defines none; `dark` asks for its dark variant."""
    if theme in _OWN:
        return _OWN[theme][dark]
    if not theme or "/" in theme or theme.startswith("."):
        return _OWN["Adwaita"][dark]
    names = (f"{theme}-dark", f"{theme}-Dark") if dark else ()
    sheets = ["gtk-dark.css", "gtk.css"] if dark else ["gtk.css"]
    for name in (theme, *names):
        for folder in _folders(name, environ):
            for sheet in sheets:
                found = _colors(folder, sheet)
                if found is not None and (found.dark or not dark):
                    return found
    return _OWN["Adwaita"][dark or theme.lower().endswith("dark")]


def _folders(theme: str, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the newest folder with a style sheet below each place for themes, the user's first."""
    bases = [os.path.join(data_home(environ), "themes"), os.path.join(home(environ), ".themes")]
    bases += [os.path.join(data, "themes") for data in data_dirs(environ)]
    for base in bases:
        for minor in _MINORS:
            folder = os.path.join(base, theme, f"gtk-3.{minor}")
            if os.path.isfile(os.path.join(folder, "gtk.css")):
                yield folder
                return


def _colors(folder: str, sheet: str) -> ThemeColors | None:
    """Return None if the sheet doesn't define plain colors of the window and its text."""
    defined: dict[str, str] = {}
    resources: list[bytes] = []
    builtin = _collect(folder, sheet, defined, resources, _MOST_IMPORTS)[1]
    found = {name: _number(defined, f"theme_{name}_color") for name in ("bg", "fg", "base", "text", "selected_bg", "selected_fg")}
    window, ink = found["bg"], found["fg"]
    if window is None or ink is None:
        return builtin
    base, text = found["base"], found["text"]
    own = _ADWAITA_DARK if _lightness(window) < _lightness(ink) else _ADWAITA
    chosen, on_chosen = found["selected_bg"], found["selected_fg"]
    if chosen is None or on_chosen is None:
        chosen, on_chosen = own.selected, own.selected_text
    if base is None or text is None:
        base, text = window, ink
    return ThemeColors(window, ink, base, text, chosen, on_chosen)


def _collect(
    folder: str, name: str, defined: dict[str, str], resources: list[bytes], left: int
) -> tuple[int, ThemeColors | None]:
    """Collect the definitions of a sheet and of those that it imports.

    Return how many more may be read, and the colors of the built-in theme that it imports, if any.
    """
    content = _sheet(folder, name, resources)
    if content is None:
        return left, None
    builtin = None
    for match in _IMPORTED.finditer(content):
        imported = match[1].decode(errors="replace").removeprefix("./")
        if imported.startswith(_OF_GTK):
            own = _OWN.get(imported.removeprefix(_OF_GTK).partition("/")[0])
            builtin = own["dark" in imported] if own else builtin
        elif left > 0:
            left, below = _collect(folder, imported, defined, resources, left - 1)
            builtin = below or builtin
    defined |= {key.decode(): value.decode(errors="replace").strip() for key, value in _DEFINED.findall(content)}
    return left, builtin


def _sheet(folder: str, name: str, resources: list[bytes]) -> bytes | None:
    """Read a file in the same folder, or a part of its resource file."""
    path = name.removeprefix("resource://")
    try:
        if path != name:
            if not resources:
                resources.append(read_whosoever(os.path.join(folder, "gtk.gresource"), links=True, limit=_LARGEST_RESOURCE) or b"")
            return resource_file.part(resources[0], path, _LARGEST)
        if "/" in name or not name.endswith(".css"):
            return None
        return read_whosoever(os.path.join(folder, name), links=True, limit=_LARGEST)
    except FileError:
        return None


def _number(defined: Mapping[str, str], name: str) -> int | None:
    """Resolve a color name; None also for colors to be calculated, such as shade() and mix()."""
    value = "@" + name
    for _ in range(_MOST_NAMES):
        if not value.startswith("@"):
            break
        value = defined.get(value[1:].strip(), "")
    return as_color(value)


def as_color(text: str) -> int | None:
    """Return a plain CSS color as 0xRRGGBB, ignoring its opacity."""
    text = text.strip().lower()
    text = {"white": "#ffffff", "black": "#000000"}.get(text, text)
    digits = text[1:]
    if text.startswith("#") and re.fullmatch(r"[0-9a-f]+", digits):
        if len(digits) in (3, 4):
            digits = "".join(2 * digit for digit in digits)
        return int(digits[:6], 16) if len(digits) in (6, 8) else None
    if (match := _NUMBERS.fullmatch(text)) is None:
        return None
    try:
        parts = [float(part.rstrip("% ")) * (255 if "%" in part else 100) / 100 for part in match[1].split(",")[:3]]
        red, green, blue = (min(max(round(part), 0), 255) for part in parts)
    except ValueError:
        return None
    return red << 16 | green << 8 | blue


def _lightness(color: int) -> int:
    return 299 * (color >> 16) + 587 * (color >> 8 & 255) + 114 * (color & 255)
