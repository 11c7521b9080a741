"""What one batch has done so far, written before and after every letter, for whoever finds it after a crash.

    S 12          letter 12 is about to be handed over
    R 12 250 …    the mail server has answered

The file is locked as long as its writer lives; a lock that can be had means a dead writer. A process that is
killed loses nothing of what it has written; a machine that loses power may lose the last lines, and then the
letters concerned count as unknown, never as unsent.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    """Where journals lie on this machine."""
    path: Path = settings.DATA_DIR / "bulletins"
    path.mkdir(parents=True, exist_ok=True)
    return path


class Journal:
    """The journal of a batch that is being sent."""

    def __init__(self, lease: str) -> None:
        # Locked before it gets the name others look for.
        made = folder() / f"{lease}.new"
        self._file = os.open(made, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self.path = folder() / f"{lease}.log"
        made.rename(self.path)

    def started(self, letter: int) -> None:
        """The next byte may deliver this letter."""
        os.write(self._file, b"S %d\n" % letter)

    def answered(self, letter: int, code: int, text: str) -> None:
        """The mail server has said what became of it."""
        line = f"R {letter} {code} {' '.join(text.split())[:280]}\n"
        os.write(self._file, line.encode())

    def close(self) -> None:
        """All is settled in the database."""
        self.path.unlink(missing_ok=True)
        os.close(self._file)

    def abandon(self) -> None:
        """Leave it to whoever finds it."""
        os.close(self._file)


@dataclass
class Found:
    """A journal whose writer is gone."""

    lease: str
    path: Path
    #: letter → (code, text)
    answered: dict[int, tuple[int, str]] = field(default_factory=dict)
    #: handed over, no answer seen
    open_ended: set[int] = field(default_factory=set)


def read(path: Path) -> Found:
    """What stands in a journal; a torn last line counts as not written."""
    found = Found(path.stem, path)
    data = path.read_bytes()
    for line in data[: data.rfind(b"\n") + 1].decode(errors="replace").splitlines():
        kind, _space, rest = line.partition(" ")
        words = rest.split(" ", 2)
        if kind == "S" and words[0].isdigit():
            found.open_ended.add(int(words[0]))
        elif kind == "R" and len(words) > 1 and words[0].isdigit() and words[1].isdigit():
            letter = int(words[0])
            found.open_ended.discard(letter)
            found.answered[letter] = (int(words[1]), words[2] if len(words) > 2 else "")
    return found


def orphans() -> list[tuple[Found, int]]:
    """Journals on this machine whose writers are gone, each with its lock (a file number to close when done)."""
    found = []
    for path in sorted(folder().glob("*.log")):
        try:
            number = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(number)
            continue
        if not path.exists():  # settled and removed while we were looking
            os.close(number)
            continue
        found.append((read(path), number))
    return found
