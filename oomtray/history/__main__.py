"""The program that opens the record for the tray: merge pending lines, or look back.

Started by `history.separate_process`.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress

from oomtray.file_access import FileError
from oomtray.history.database import Database
from oomtray.history.kills import counted, untold


def main(command: str, *arguments: str) -> int:
    """Run a command; return status 1 if the record can't be read or written."""
    os.nice(10)
    database = Database()
    try:
        if command == "merge":
            with database.writing():
                return 0
        boot, booted, since = arguments
        with database.reading() as connection:
            if connection is None:
                print(json.dumps([None, None, 0]))
            else:
                print(
                    json.dumps(
                        [*counted(connection, boot, float(booted)), len(untold(connection, float(since)))]
                    )
                )
    except FileError:
        return 1
    return 0


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(main(*sys.argv[1:]))
