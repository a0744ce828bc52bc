"""The program, loaded once in the guest and forked for each command: an emulated machine takes seconds to load it.

It reads a command as JSON, a line each, from one FIFO, runs it, and writes what it printed to another.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys

ASKED, ANSWER = "/run/loaded.asked", "/run/loaded.answer"
KILLERS = ("systemd_oomd", "earlyoom", "nohang")
FIRST = (["list", "--json"], ["watch", "--json", "-c", "1"])
"""Commands that load what later ones need."""


def run(main: object, words: list[str]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        main(words)  # type: ignore[operator]
    return out.getvalue()


def serve() -> None:
    sys.path.insert(0, "/src")
    main = importlib.import_module("oomtray.__main__").main
    for name in KILLERS:
        importlib.import_module(f"oomtray.kernel.killers.{name}")
        importlib.import_module(f"oomtray.risk.killers.{name}")
    for words in FIRST:
        run(main, words)
    for path in (ASKED, ANSWER):
        os.mkfifo(path)
    print("READY", flush=True)
    while True:
        with open(ASKED) as asked:
            words = json.loads(asked.readline())
        if os.fork() == 0:
            with open(ANSWER, "w") as answer:
                answer.write(run(main, words))
            os._exit(0)
        os.wait()


if __name__ == "__main__":
    serve()
