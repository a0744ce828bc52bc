"""Names and numbers as a person reads them in any language, and text in columns of a terminal."""

from __future__ import annotations

from time import localtime, strftime

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
UNKNOWN = "–"
_minus = "-"

COMM_BYTES = 15
"""Longest process name that the kernel keeps (TASK_COMM_LEN, less its NUL)."""
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(name: str) -> str:
    """Make a process's name harmless: control, format (bidi overrides) and unassigned characters become escapes.

    The result is one line without terminal escapes; it is plain text, so a rich-text widget must still be
    told so. A name of nothing but spaces becomes escapes too. If the kernel cut the name inside a character, … replaces the rest of it.
    """
    if "\\x" in name:
        name = _rounded_off(name)
    if name.isspace():
        return "".join(map(_escaped, name))  # it would look like no name
    if name.isprintable():
        return name
    from unicodedata import category  # imported here and below, because most names never need its tables

    return "".join(_escaped(char) if category(char) in _INVISIBLE else char for char in name)


def name_shown(name: str) -> str:
    """Make the name of a process or an app harmless, as `printable` does; an empty one is shown as two quotes."""
    return printable(name) or "''"


def raw_bytes(name: str) -> bytes:
    r"""Return a name's bytes in the kernel, where \xNN stands for invalid UTF-8."""
    from re import sub

    plain = name.encode("utf-8", "surrogatepass")
    return sub(rb"\\x([89a-f][0-9a-f])", lambda found: bytes.fromhex(found[1].decode()), plain)


def is_called(comm: str, name: str) -> bool:
    """Whether a process with this comm is called so, though the kernel keeps only 15 bytes of that. Case doesn't count."""
    own, whole = comm.casefold(), name.casefold()
    return own == whole or (len(name) > len(comm) and whole.startswith(own) and len(raw_bytes(comm)) == COMM_BYTES)


def from_argument(word: str) -> str:
    r"""Return a word of the command line, in which lone surrogates stand for invalid UTF-8, with \xNN, as names are read."""
    from os import fsencode

    return fsencode(word).decode("utf-8", "backslashreplace")


def _rounded_off(name: str) -> str:
    raw = raw_bytes(name)
    if len(raw) != COMM_BYTES:
        return name
    from codecs import getincrementaldecoder

    decoder = getincrementaldecoder("utf-8")("backslashreplace")
    whole = decoder.decode(raw)
    return f"{whole}…" if decoder.getstate()[0] else name  # the state: bytes that wait for the rest of a character


def _escaped(char: str) -> str:
    code = ord(char)
    if char in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[char]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def columns(text: str) -> int:
    """Count the terminal columns of the text: 2 for a wide character, 0 for one that joins the previous one."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    from unicodedata import category, east_asian_width

    joined_jamo = "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff"
    if joined_jamo or category(char) in {"Mn", "Me"}:
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def fit(text: str, width: int) -> str:
    """Cut the text to at most `width` columns, with … for the rest."""
    if columns(text) <= width:
        return text
    taken, room = [], width - 1
    for char in text:
        room -= _columns(char)
        if room < 0:
            break
        taken.append(char)
    return "".join(taken) + "…" if width > 0 else ""


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Pad the text with spaces to `width` columns; `right` aligns it to the right."""
    if text.isascii():
        return text.rjust(width) if right else text.ljust(width)
    fill = " " * (width - columns(text))
    return fill + text if right else text + fill


def wrap(text: str, width: int | None) -> list[str]:
    """Break the text at spaces into lines of at most `width` columns; a longer word gets its own line.

    None: one line. A number stays with its unit, also where a Korean particle is attached to that.
    """
    if width is None:
        return [text]
    words = [""]
    for word in text.split(" "):
        unit = "".join(filter(str.isascii, word)).rstrip(",.;:()")
        if unit in ("%", *_UNITS) and words[-1][-1:].isdecimal():
            words[-1] += f" {word}"
        else:
            words.append(word)
    lines = [""]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if columns(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def print_minus() -> None:
    """Write negative numbers with a minus sign instead of a hyphen from now on."""
    global _minus  # noqa: PLW0603 - one kind of output per process
    _minus = "\u2212"


def size(count: float | None) -> str:
    """Format bytes in binary units with at most three digits: 0 B, 812 KiB, 3.4 GiB."""
    if count is None:
        return UNKNOWN
    sign = _minus if count < 0 else ""
    value = abs(float(count))
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1024
    if unit == "B" or value >= 99.95:
        return f"{sign}{value:.0f} {unit}"
    return f"{sign}{value:.1f} {unit}"


def round_size(count: float) -> str:
    """Format a size in bytes that is whole in its unit, as on an axis: 0, 24 GiB."""
    value = float(count)
    for unit in _UNITS:
        if value < 1024 or unit == _UNITS[-1]:
            break
        value /= 1024
    return f"{value:.0f} {unit}" if count else "0"


def adjustment(adj: int | None) -> str:
    """Format an oom_score_adj with its sign; 0 has none."""
    return UNKNOWN if adj is None else f"{adj:+d}".replace("-", _minus) if adj else "0"


def local_time(seconds: float) -> str:
    """Format seconds since 1970 in local time, for a table column: 2026-11-02 14:02:31."""
    return strftime("%Y-%m-%d %H:%M:%S", localtime(seconds))


def clock(seconds: float) -> str:
    """Format seconds since 1970 as local time of day: 14:02."""
    hour, minute = localtime(seconds)[3:5]
    return f"{hour:02}:{minute:02}"


def day_of(seconds: float) -> tuple[int, int, int]:
    """Return local year, month (1 to 12) and day of a time in seconds since 1970."""
    return localtime(seconds)[:3]


def days_ago(seconds: float, now: float) -> int:
    """Count the local midnights between two times, both in seconds since 1970."""
    # datetime knows no year after 9999, but a log may contain any
    return int((now + localtime(now).tm_gmtoff) // 86400 - (seconds + localtime(seconds).tm_gmtoff) // 86400)


def parse_size(text: str) -> int | None:
    """Parse a size as people write it: 13G, 800M, 1.5 GiB, 4096; return bytes, or None. Units are powers of 1024."""
    from re import fullmatch

    # both cases are written out: if case were ignored, the kelvin sign would count as a K
    found = fullmatch(r"\s*(\d{1,16}(?:\.\d{1,6})?)\s*([KkMmGgTt]?)(?:[Ii]?[Bb])?\s*", text)
    return None if found is None else round(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " "))
