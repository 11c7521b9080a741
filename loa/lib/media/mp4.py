"""Length and size of an MP4 or MOV, from the boxes `moov/mvhd`, `moov/trak/tkhd`, `moov/trak/mdia/hdlr`.

Layout of the boxes: ISO/IEC 14496-12 (2022), 8.2 and 8.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

#: a `moov` larger than this is no film of ours
MOST_MOOV = 64 * 1024 * 1024
#: boxes looked at before we give up
MOST_BOXES = 4096


class NotAFilm(ValueError):
    """No MP4 or MOV, or one that is broken or cut off."""


@dataclass(frozen=True)
class Film:
    """What the file says: seconds, pixels as shown, whether a track of sound is in it."""

    seconds: float
    width: int
    height: int
    sound: bool


def probe(file: BinaryIO) -> Film:
    """Read it from the start. Raises NotAFilm."""
    try:
        return _probe(file)
    except (struct.error, OverflowError, ZeroDivisionError, IndexError) as error:
        raise NotAFilm(str(error)) from error


def _probe(file: BinaryIO) -> Film:
    file.seek(0, 2)
    end = file.tell()
    first, moov = True, b""
    for kind, start, size in _top(file, end):
        if first and kind not in (b"ftyp", b"wide", b"moov", b"mdat", b"free", b"skip"):
            raise NotAFilm("no ftyp")
        first = False
        if start + size > end:
            raise NotAFilm("cut off")
        if kind == b"moov":
            if size > MOST_MOOV:
                raise NotAFilm("moov too large")
            file.seek(start)
            moov = file.read(size)
    if not moov:
        raise NotAFilm("no moov")
    seconds, width, height, sound = 0.0, 0, 0, False
    for kind, box in _boxes(moov):
        if kind == b"mvhd":
            seconds = _seconds(box)
        elif kind == b"trak":
            parts = dict(_boxes(box))
            handler = dict(_boxes(parts.get(b"mdia", b""))).get(b"hdlr", b"")[8:12]
            sound = sound or handler == b"soun"
            if handler == b"vide" and b"tkhd" in parts:
                width, height = _size(parts[b"tkhd"])
    if seconds <= 0 or width <= 0 or height <= 0:
        raise NotAFilm("no picture or no length")
    return Film(seconds, width, height, sound)


def _top(file: BinaryIO, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start of content, its size) of each box at the top."""
    at = 0
    for _number in range(MOST_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(16)
        size, kind = struct.unpack(">I4s", head[:8])
        skip = 8
        if size == 1:
            (size,) = struct.unpack(">Q", head[8:16])
            skip = 16
        elif size == 0:
            size = end - at
        if size < skip:
            raise NotAFilm("box too small")
        yield kind, at + skip, size - skip
        at += size


def _boxes(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _number in range(MOST_BOXES):
        if at + 8 > len(raw):
            return
        size, kind = struct.unpack_from(">I4s", raw, at)
        skip = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", raw, at + 8)
            skip = 16
        elif size == 0:
            size = len(raw) - at
        if size < skip or at + size > len(raw):
            raise NotAFilm("box too small or too large")
        yield kind, raw[at + skip : at + size]
        at += size


def _seconds(mvhd: bytes) -> float:
    if mvhd[0] == 1:
        scale, length = struct.unpack_from(">IQ", mvhd, 20)
    else:
        scale, length = struct.unpack_from(">II", mvhd, 12)
    return float(length / scale)


def _size(tkhd: bytes) -> tuple[int, int]:
    """Width and height as shown: a telephone held upright turns the picture by the matrix."""
    at = 52 if tkhd[0] == 1 else 40
    a, b = struct.unpack_from(">ii", tkhd, at)
    width, height = struct.unpack_from(">II", tkhd, at + 36)
    width, height = width >> 16, height >> 16
    return (height, width) if abs(b) > abs(a) else (width, height)
