"""Identify what an interpreter runs: train.py in `python3 -u train.py`, http.server in `python3 -m http.server`.

Pure: `scripts` reads the command lines. Processes write their own command lines, so nothing in them is
trusted and nothing here raises.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 120
"""Longest name, in characters."""


class Script(NamedTuple):
    name: str
    """train.py, http.server, shop.jar; as the process wrote it, truncated if long."""
    interpreter: str
    """python3; the name it was called by."""
    path: str | None
    """Path as on the command line; None if it isn't a file."""


class _Family(NamedTuple):
    names: frozenset[str]
    """Names without a version suffix."""
    takes: frozenset[str] = frozenset()
    """Options whose value is the next argument."""
    ends: frozenset[str] = frozenset()
    """Options followed by the program text itself, so that there is no name."""
    module: frozenset[str] = frozenset()
    """Options whose value names what to run."""
    letters: str = ""
    """Short options that may precede one of `ends` and `module` in a cluster: -Bc."""
    commands: frozenset[str] = frozenset()
    """First words that are a subcommand for the next."""


def _of(*names: str) -> frozenset[str]:
    return frozenset(names)


_PYTHON = _Family(_of("python", "pypy"), _of("-W", "-X", "-Q", "--check-hash-based-pycs"),
                  _of("-c"), _of("-m"), "bBdEhiIOPqsSuvVx")  # fmt: skip
_JAVA = _Family(
    _of("java"),
    _of("-cp", "-classpath", "--class-path", "-p", "--module-path", "--upgrade-module-path", "--add-modules", "--add-opens",
        "--add-exports", "--add-reads", "--patch-module", "--limit-modules", "--source", "--enable-native-access"),
    module=_of("-jar", "-m", "--module"),
)  # fmt: skip
_SHELLS = _of("sh", "ash", "bash", "csh", "dash", "fish", "ksh", "mksh", "tcsh", "zsh")
_FAMILIES = (
    _PYTHON,
    _Family(_of("node", "nodejs", "electron"), _of("-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--title"),
            _of("-e", "--eval", "-p", "--print", "-pe")),
    _Family(_of("deno", "bun"), ends=_of("eval", "repl", "x"), commands=_of("run", "test", "serve", "bench")),
    _Family(_of("ruby", "jruby"), _of("-I", "-r", "-C", "-E", "--encoding"), _of("-e"), _of("-S"), "acdlnpsvwy"),
    _Family(_of("perl"), _of("-I"), _of("-e", "-E"), frozenset(), "acflnpsStTuUvwWX0"),
    _Family(_SHELLS, _of("-o", "+o", "-O", "+O", "--rcfile", "--init-file"), _of("-c", "-s"), frozenset(), "abefhilmnpruvxBCEHPT"),
    _Family(_of("php"), _of("-c", "-d", "-t", "-z"), _of("-r", "-S", "-B", "-R", "-E"), _of("-f", "--file", "-F")),
    _Family(_of("lua", "luajit"), _of("-l"), _of("-e")),
    _Family(_of("guile", "julia", "gjs", "gjs-console", "cjs", "tclsh", "wish", "Rscript"),
            _of("-J", "-L", "-p", "-t", "-C", "-I", "-l"), _of("-e", "-E", "-c", "--eval"), _of("-m", "-s")),
    _Family(_of("mono", "mono-sgen", "dotnet"), _of("--config", "--additionalprobingpath", "--fx-version"), commands=_of("exec")),
    _JAVA,
)  # fmt: skip
_BY_NAME = {name: family for family in _FAMILIES for name in family.names}
_ALONE = _of("R", "wine", "wine-preloader", "wine64-preloader")
_VAGUE = frozenset({"__main__.py", "app.asar", "cli.js", "index.js", "main.js", "server.js", "main.py", "app.py", "server.py", "run.py"})
_VAGUE_CLASSES = frozenset({"Main", "Bootstrap", "Launcher", "App", "Application", "Server", "Start", "Starter", "Runner"})


@lru_cache(maxsize=1024)  # called for each of an app's processes, which have few names
def is_interpreter(program: str) -> bool:
    """Whether a program of this base name runs other programs, and is known by them."""
    name = _unversioned(program)
    return name in _BY_NAME or name in _ALONE


def is_shell(program: str) -> bool:
    return _unversioned(program) in _SHELLS


def _unversioned(program: str) -> str:
    """Strip the version: python for python3.11 and python3.11-dbg."""
    return program.removesuffix("-dbg").rstrip("0123456789.")


def script_of(arguments: Sequence[str], program: str) -> Script | None:
    """Return what runs with these arguments, of which the first is the name it was called by.

    `program` is the base name of the executable. None if that isn't an interpreter, or runs no script.
    """
    if not arguments or not is_interpreter(program):
        return None
    called = _base(arguments[0])
    if arguments[0][1:3] == ":\\":
        return _script(arguments[0].rpartition("\\")[2], "wine", None)
    family = _BY_NAME.get(_unversioned(program))
    shown = called.removeprefix("-") if is_interpreter(called.removeprefix("-")) else ""
    if not shown and len(arguments[0]) > len(called):
        shown = program  # called through a path with another name
    if not shown:  # a title that it set itself: "gunicorn: master [shop]"
        title = arguments[0].partition(":")[0].strip()
        return _script(title, program, None) if _is_word(title) and title != program else None
    if program == "R":
        found = next((argument[7:] for argument in arguments if argument.startswith("--file=")), None)
        return None if found is None else _script(_base(found), "R", found)
    if family is None:
        return None
    found, is_file = _run(arguments[1:], family)
    if found is None or found.startswith(("/dev/fd/", "/proc/", "/dev/stdin")):
        return None
    if not is_file:
        return _script(found, shown, None)
    return _script(_file_name(found), shown, found)


def _is_word(text: str) -> bool:
    return 1 < len(text) <= 40 and all(char.isalnum() or char in "_.+-" for char in text)


def _script(name: str, interpreter: str, path: str | None) -> Script | None:
    return Script(name[:_LONGEST], interpreter[:_LONGEST], path) if name else None


def _run(arguments: Sequence[str], family: _Family) -> tuple[str | None, bool]:
    """Return what is run, and whether it is a file."""
    at = 0
    while at < len(arguments):
        argument = arguments[at]
        following = arguments[at + 1] if at + 1 < len(arguments) else None
        if argument == "--":
            return following or None, True
        if argument in ("", "-") or argument in family.ends:
            return None, False
        if argument in family.commands:
            at += 1
            continue
        if argument in family.module:
            return _named(argument, following, family)
        if argument.startswith(("-", "+")):
            flag, value = _together(argument, family)
            if flag in family.ends:
                return None, False
            if flag in family.module:
                return _named(flag, value or following, family)
            at += 2 if flag in family.takes and not value else 1
            continue
        return (_class(argument), False) if family is _JAVA and not argument.endswith(".java") else (argument, True)
    return None, False


def _named(flag: str, value: str | None, family: _Family) -> tuple[str | None, bool]:
    if not value:
        return None, False
    if family is _PYTHON:
        return value, False
    if family is _JAVA and flag != "-jar":
        return _class(value.rpartition("/")[2]), False
    return value, True


def _together(argument: str, family: _Family) -> tuple[str, str]:
    """Split a cluster like -uBm at its first option that isn't a mere switch: ("-m", what follows it)."""
    if not family.letters or not argument.startswith("-") or argument.startswith("--"):
        return argument, ""
    for at in range(1, len(argument)):
        if f"-{argument[at]}" in family.ends | family.module | family.takes:
            return f"-{argument[at]}", argument[at + 1 :]
        if argument[at] not in family.letters:
            break
    return argument, ""


def _class(name: str) -> str:
    """Shorten a class name: Elasticsearch for org.elasticsearch.bootstrap.Elasticsearch, idea.Main if it is
    too vague.
    """
    parts = [part for part in name.split(".") if part]
    if not parts:
        return ""
    return ".".join(parts[-2:] if parts[-1] in _VAGUE_CLASSES else parts[-1:])


def _file_name(path: str) -> str:
    """Shorten a path to its file name: train.py, shop/main.py if it is too vague, the folder of a package."""
    folder, _, name = path.rstrip("/").rpartition("/")
    above = _base(folder)
    if name not in _VAGUE or above in ("", ".", ".."):
        return name
    return above if name in ("__main__.py", "app.asar") else f"{above}/{name}"


def _base(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
