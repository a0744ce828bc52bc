"""`update` brings the catalogues up to the code; `compile [FROM TO]` makes of them what the program reads."""

from __future__ import annotations

import sys
from pathlib import Path

from .catalogue import NotACatalogue
from .compile import NotCompiled, compile_all
from .extract import NotExtracted
from .update import update

TREE = Path(__file__).parents[2]
SOURCE = TREE / "resources/translations"
TARGET = TREE / "oomtray/resources/translations"
"""Where the program looks: the same place in a checkout, where a link leads there, but not in a source archive."""


def main(argv: list[str]) -> int:
    try:
        match argv:
            case ["update"]:
                update(TREE)
                compile_all(SOURCE, TARGET)
            case ["compile"]:
                compile_all(SOURCE, TARGET)
            case ["compile", source, target]:
                compile_all(Path(source), Path(target))
            case _:
                print("translations: say update, or compile [FROM TO]", file=sys.stderr)
                return 2
    except (NotACatalogue, NotCompiled, NotExtracted, OSError) as error:
        print(f"translations: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
