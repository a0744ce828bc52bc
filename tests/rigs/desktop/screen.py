"""The picture of an X screen: frames from Xvfb's own framebuffer, and finding things in them.

Xvfb started with ``-fbdir`` keeps its screen in a memory-mapped file in the XWD format: reading that file is
a screenshot without X client, library or extra program.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

Color = tuple[int, int, int]


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle in screen pixels; ordered by x, so that a sorted list reads from left to right."""

    x: int
    y: int
    width: int
    height: int

    @property
    def center(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2

    def grown(self, by: int) -> Box:
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def clipped(self, width: int, height: int) -> Box:
        """Return the part within a screen of this size."""
        left, top = max(self.x, 0), max(self.y, 0)
        right, bottom = min(self.x + self.width, width), min(self.y + self.height, height)
        return Box(left, top, max(right - left, 0), max(bottom - top, 0))


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of the screen; `pixels` are rows of 4 bytes per pixel: blue, green, red, unused."""

    width: int
    height: int
    pixels: bytes

    @classmethod
    def from_xwd(cls, path: Path) -> Frame:
        data = path.read_bytes()
        # XWDFileHeader (X11/XWDFile.h): 25 big-endian words, the window's name up to header_size, the color map
        header = struct.unpack_from(">25I", data)
        header_size, width, height, bits, stride, colors = (header[i] for i in (0, 4, 5, 11, 12, 19))
        if bits != 32:
            raise ValueError(f"{path}: {bits} bits a pixel, 32 expected")
        start = header_size + 12 * colors
        row = width * 4
        if stride == row:
            pixels = data[start : start + row * height]
        else:
            pixels = b"".join(data[start + y * stride : start + y * stride + row] for y in range(height))
        return cls(width, height, pixels)

    def pixel(self, x: int, y: int) -> Color:
        at = (y * self.width + x) * 4
        blue, green, red = self.pixels[at : at + 3]
        return red, green, blue

    def crop(self, box: Box) -> Frame:
        box = box.clipped(self.width, self.height)
        rows = (self._row(y, box.x, box.width) for y in range(box.y, box.y + box.height))
        return Frame(box.width, box.height, b"".join(rows))

    def _row(self, y: int, x: int, width: int) -> bytes:
        at = (y * self.width + x) * 4
        return self.pixels[at : at + width * 4]

    def changes(self, other: Frame) -> Box | None:
        """Return the smallest box around all differences from a frame of the same size."""
        row = self.width * 4
        starts = range(0, len(self.pixels), row)
        lines = [
            y for y, at in enumerate(starts) if self.pixels[at : at + row] != other.pixels[at : at + row]
        ]
        if not lines:
            return None
        left, right = self.width, 0
        for y in lines:
            one, two = self._row(y, 0, self.width), other._row(y, 0, self.width)
            differing = [x for x in range(self.width) if one[x * 4 : x * 4 + 4] != two[x * 4 : x * 4 + 4]]
            left, right = min(left, differing[0]), max(right, differing[-1])
        return Box(left, lines[0], right - left + 1, lines[-1] - lines[0] + 1)

    def to_png(self) -> bytes:
        rgb = bytearray(self.width * self.height * 3)
        rgb[0::3], rgb[1::3], rgb[2::3] = self.pixels[2::4], self.pixels[1::4], self.pixels[0::4]
        row = self.width * 3
        lines = b"".join(b"\0" + rgb[y * row : (y + 1) * row] for y in range(self.height))

        def chunk(kind: bytes, body: bytes) -> bytes:
            return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        return (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(lines, 9))
            + chunk(b"IEND", b"")
        )

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.to_png())

    def things_on(self, background: Color, within: Box, *, gap: int = 6) -> list[Box]:
        """Find things on a strip of one color, from left to right; parts closer than `gap` pixels are one thing."""
        blank = bytes(background[::-1])
        strip = self.crop(within)
        within = within.clipped(self.width, self.height)
        used: list[bool] = []
        for x in range(strip.width):
            starts = range(x * 4, len(strip.pixels), strip.width * 4)
            used.append(any(strip.pixels[at : at + 3] != blank for at in starts))
        boxes: list[Box] = []
        for first, last in _runs(used, gap):
            rows = [strip._row(y, first, last - first + 1) for y in range(strip.height)]
            marked = [
                y for y, row in enumerate(rows) if any(row[i : i + 3] != blank for i in range(0, len(row), 4))
            ]
            boxes.append(
                Box(within.x + first, within.y + marked[0], last - first + 1, marked[-1] - marked[0] + 1)
            )
        return boxes

    def patches_of(
        self, color: Color, within: Box | None = None, *, gap: int = 6, least: int = 20
    ) -> list[Box]:
        """Find places where at least `least` pixels of exactly this color are together, from left to right.

        Patches are separated by columns without the color, so two above one another are one box.
        """
        area = (within or Box(0, 0, self.width, self.height)).clipped(self.width, self.height)
        wanted = bytes(color[::-1])
        points: list[tuple[int, int]] = []
        for y in range(area.y, area.y + area.height):
            row = self._row(y, area.x, area.width)
            at = row.find(wanted)
            while at >= 0:
                if at % 4 == 0:
                    points.append((area.x + at // 4, y))
                at = row.find(wanted, at + 1)
        columns = {x for x, _ in points}
        used = [x in columns for x in range(area.x, area.x + area.width)]
        boxes: list[Box] = []
        for first, last in _runs(used, gap):
            part = [(x, y) for x, y in points if area.x + first <= x <= area.x + last]
            if len(part) >= least:
                top, bottom = min(y for _, y in part), max(y for _, y in part)
                boxes.append(Box(area.x + first, top, last - first + 1, bottom - top + 1))
        return boxes


def _runs(used: list[bool], gap: int) -> list[tuple[int, int]]:
    """Return first and last index of each run of True; runs of False shorter than `gap` don't separate them."""
    runs: list[tuple[int, int]] = []
    for i, here in enumerate(used):
        if not here:
            continue
        if runs and i - runs[-1][1] <= gap:
            runs[-1] = (runs[-1][0], i)
        else:
            runs.append((i, i))
    return runs
