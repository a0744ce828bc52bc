"""Names of what kills when memory runs out. They are public identifiers: JSON has them unchanged."""

from __future__ import annotations

from typing import Literal

Program = Literal["systemd-oomd", "earlyoom", "nohang", "low-memory-monitor", "oomd", "bustd"]
KillerName = Literal["kernel", Program, "uresourced"]
