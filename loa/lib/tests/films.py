"""Small films for tests: the boxes that say what a film is, and as much noise as one likes."""

from __future__ import annotations

import struct


def box(kind: bytes, *parts: bytes) -> bytes:
    """One box."""
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def film(
    *,
    seconds: float = 20,
    width: int = 1280,
    height: int = 720,
    size: int = 3000,
    turned: bool = False,
    sound: bool = True,
) -> bytes:
    """An MP4 of `size` bytes of noise that says of itself what it is told to. `turned`: held upright."""
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, int(seconds * 1000)), b"\0" * 80)
    matrix = (
        (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
        if turned
        else (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    )
    if turned:
        width, height = height, width
    tkhd = box(b"tkhd", b"\0" * 40, struct.pack(">9i", *matrix), struct.pack(">II", width << 16, height << 16))
    picture = box(b"trak", tkhd, box(b"mdia", box(b"hdlr", b"\0" * 8 + b"vide" + b"\0" * 12)))
    audio = box(b"trak", box(b"tkhd", b"\0" * 84), box(b"mdia", box(b"hdlr", b"\0" * 8 + b"soun" + b"\0" * 12)))
    moov = box(b"moov", mvhd, picture, audio if sound else b"")
    noise = bytes(range(256)) * (size // 256 + 1)
    return box(b"ftyp", b"isom\0\0\2\0isomiso2") + box(b"mdat", noise[:size]) + moov
