"""`make bench`: every number that is claimed, measured in this run. Name parts to measure only those.

    python -m tests.bench [scans] [commands] [tray]
"""

from __future__ import annotations

import importlib
import sys

from tests.bench.report import table

PARTS = ("scans", "commands", "tray")


def main() -> int:
    chosen = sys.argv[1:] or list(PARTS)
    wrong = [name for name in chosen if name not in PARTS]
    if wrong:
        print(f"there is no {wrong[0]!r}; there are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    rows = []
    for name in chosen:
        print(f"measuring {name}...", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"tests.bench.{name}").measure()
    print(table(rows))
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
