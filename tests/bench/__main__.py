"""`make bench`: every claimed number, measured in the same run as its peers. Name parts to measure only those.

    python -m tests.bench [scans] [commands] [logs] [start] [idle] [popup] [history]

The bars are for a machine that does nothing else meanwhile; its other load is reported below the table, and so is what a
page costs that nobody touched for some seconds. The status is 0 if every bar holds, else 1.
"""

from __future__ import annotations

import compileall
import importlib
import os
import sys
import tempfile
import time
from dataclasses import replace

from tests.bench.cold_memory import ColdMemory
from tests.bench.other_load import LoadMeter
from tests.bench.peers import ROOT
from tests.bench.report import table
from tests.rigs.processes.programs import RigUnavailable

PARTS = ("scans", "commands", "logs", "start", "idle", "popup", "history")


def main() -> int:
    chosen = sys.argv[1:] or list(PARTS)
    wrong = [name for name in chosen if name not in PARTS]
    if wrong:
        print(f"there is no {wrong[0]!r}; there are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    # an installed program comes compiled; one that compiles itself takes longer and keeps 2.5 MiB more
    compileall.compile_dir(ROOT / "oomtray", quiet=1)
    with tempfile.TemporaryDirectory() as nothing:
        # readings would go into the user's record, and kills since its last write would be reported, which
        # costs CPU once
        os.environ |= {f"XDG_{kind}_HOME": f"{nothing}/{kind.lower()}" for kind in ("CONFIG", "STATE", "DATA", "CACHE")}
        return _measure(chosen)


def _measure(chosen: list[str]) -> int:
    rows, remarks, complete = [], [], True
    begin = time.monotonic()
    for name in chosen:
        print(f"measuring {name}...", file=sys.stderr, flush=True)
        meter, cold = LoadMeter(), ColdMemory()
        try:
            measured = importlib.import_module(f"tests.bench.{name}").measure()
        except RigUnavailable as missing:
            remarks.append(f"{name}: NOT MEASURED: {missing}")
            complete = False
            continue
        finally:
            page = cold.read()
        load = meter.read()
        rows += [replace(row, load=load) for row in measured]
        remarks.append(f"{name}: {load}" + ("" if page is None else f", a page untouched for 5 s took {page:.2f} us"))
    print(table(rows), *remarks, f"measured in {time.monotonic() - begin:.0f} s", sep="\n")
    return 0 if complete and all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
