"""A film says its length and shape; what is no film is refused, whatever its bytes."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.lib.media import NotAFilm, probe
from loa.lib.tests.films import box, film


def test_length_shape_and_sound():
    found = probe(io.BytesIO(film(seconds=61.5, width=1920, height=1080)))
    assert (found.seconds, found.width, found.height, found.sound) == (61.5, 1920, 1080, True)
    assert not probe(io.BytesIO(film(sound=False))).sound


def test_a_telephone_held_upright():
    found = probe(io.BytesIO(film(width=1080, height=1920, turned=True)))
    assert (found.width, found.height) == (1080, 1920)


def test_long_boxes():
    whole = film()
    head, rest = whole[:24], whole[24:]
    size, kind = struct.unpack(">I4s", rest[:8])
    long = struct.pack(">I4sQ", 1, kind, size + 8) + rest[8:]
    assert probe(io.BytesIO(head + long)).seconds == 20


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a" + b"\0" * 100,
        b"<html>" * 50,
        film()[:-40],
        film()[:200],
        box(b"ftyp", b"isom"),
        film(seconds=0),
        film(width=0),
        box(b"ftyp", b"isom") + struct.pack(">I4s", 4, b"moov"),
    ],
)
def test_what_is_no_film(raw):
    with pytest.raises(NotAFilm):
        probe(io.BytesIO(raw))


@given(st.binary(max_size=400), st.integers(0, 400))
def test_any_bytes_are_a_film_or_not(noise, at):
    whole = film(size=100)
    broken = whole[:at] + noise + whole[at + len(noise) :]
    try:
        found = probe(io.BytesIO(broken))
    except NotAFilm:
        return
    assert found.seconds > 0
    assert found.width > 0
