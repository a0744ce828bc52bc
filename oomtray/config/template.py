"""A settings file to begin with: every key with its meaning and its default, none of them in force."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from oomtray.config.schema import KEYS, SECTIONS
from oomtray.config.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def template() -> str:
    """Each setting stands as `#key = default`: taking the mark away puts it in force."""
    defaults = Settings()
    parts = [
        "# Settings of OOM Tray. Each line that begins with # shows a default; remove the # to change it.\n"
    ]
    for section, meaning in SECTIONS.items():
        parts.append(f"\n# {meaning}\n[{section}]\n")
        for key in KEYS:
            if key.section == section:
                comment = "".join(f"# {line}\n" for line in key.comment.split("\n"))
                parts.append(f"{comment}#{key.name} = {_toml(key.default(defaults))}\n")
    return "".join(parts)


def create(path: Path) -> bool:
    """Write the template where there is no file yet; False where there is one. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(template())
    return True


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"
