"""What a film file says of itself. See `mp4`."""

from __future__ import annotations

from .mp4 import Film, NotAFilm, probe

__all__ = ["Film", "NotAFilm", "probe"]
