"""The models of an installation: numbered files per question, one of them in use, any earlier one a step away.

    models/sentiment/0001.model, 0002.model …
    models/sentiment/live (the number in use), models/sentiment/history

A file is written beside and moved into place, so that a process that reads never meets half a model.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
from dataclasses import dataclass
from pathlib import Path

from loa.lib.learn.model import Linear, ModelError

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")


@dataclass(frozen=True, slots=True)
class Kept:
    """A model in the store."""

    number: int
    live: bool
    model: Linear


class Store:
    """Models below `root`, signed and checked with `key`."""

    def __init__(self, root: Path, key: bytes) -> None:
        self.root, self._key = root, key

    def _dir(self, task: str) -> Path:
        if not _NAME.match(task):
            raise ModelError(f"Tên nhiệm vụ {task!r} không hợp lệ: chỉ gồm chữ thường không dấu, số, gạch nối.")
        return self.root / task

    def _numbers(self, task: str) -> list[int]:
        return sorted(int(path.stem) for path in self._dir(task).glob("[0-9]*.model") if path.stem.isdigit())

    def tasks(self) -> list[str]:
        """Questions with at least one model."""
        if not self.root.is_dir():
            return []
        return sorted(one.name for one in self.root.iterdir() if _NAME.match(one.name) and self._numbers(one.name))

    def live_number(self, task: str) -> int | None:
        """The number in use; None while the word lists answer."""
        pointer = self._dir(task) / "live"
        try:
            number = int(pointer.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        return number or None

    def in_use(self) -> dict[str, Linear]:
        """Every model in use, by question. One that cannot be trusted any more is left out: the lists answer."""
        found = {}
        for task in self.tasks():
            with contextlib.suppress(ModelError):
                model = self.live(task)
                if model is not None:
                    found[task] = model
        return found

    def live(self, task: str) -> Linear | None:
        """The model in use. Raises ModelError when its file was changed or is gone."""
        number = self.live_number(task)
        return None if number is None else self.read(task, number)

    def read(self, task: str, number: int) -> Linear:
        """One model; raises ModelError when it is missing, changed, or for another question."""
        try:
            data = (self._dir(task) / f"{number:04d}.model").read_bytes()
        except OSError as error:
            raise ModelError(f"Không có mô hình {task} số {number}.") from error
        model = Linear.load(data, self._key)
        if model.task != task:
            raise ModelError(f"Mô hình số {number} là của {model.task}, không phải {task}.")
        return model

    def all(self, task: str) -> list[Kept]:
        """Every readable model, oldest first."""
        live = self.live_number(task)
        found = []
        for number in self._numbers(task):
            with contextlib.suppress(ModelError):
                found.append(Kept(number, number == live, self.read(task, number)))
        return found

    def add(self, model: Linear) -> int:
        """Keep a model without using it; its number."""
        folder = self._dir(model.task)
        folder.mkdir(parents=True, exist_ok=True)
        data = model.dump(self._key)
        new = folder / f"new-{os.getpid()}"
        new.write_bytes(data)
        try:
            number = (self._numbers(model.task) or [0])[-1] + 1
            while True:
                try:  # a link never overwrites: two trainings at once get two numbers
                    os.link(new, folder / f"{number:04d}.model")
                    return number
                except FileExistsError:
                    number += 1
        finally:
            new.unlink(missing_ok=True)

    def use(self, task: str, number: int, *, now: dt.datetime) -> None:
        """Put a model into use; 0 goes back to the word lists. Checked before, so that a broken file never goes
        live."""
        if number:
            self.read(task, number)
        folder = self._dir(task)
        folder.mkdir(parents=True, exist_ok=True)
        before = self.live_number(task) or 0
        new = folder / f"live-{os.getpid()}"
        new.write_text(str(number), encoding="ascii")
        new.replace(folder / "live")
        with (folder / "history").open("a", encoding="ascii") as history:
            history.write(f"{now.isoformat(timespec='seconds')}\t{before}\t{number}\n")

    def rolled_back(self, task: str) -> bool:
        """Whether a person went back last: what is put into use anew has a new number."""
        try:
            last = (self._dir(task) / "history").read_text(encoding="ascii").splitlines()[-1]
        except (OSError, IndexError):
            return False
        _at, before, number = last.split("\t")
        return int(number) < int(before)

    def roll_back(self, task: str, *, now: dt.datetime) -> int:
        """Back to what was in use before the present one (0: the word lists); the number now in use.

        Twice in a row goes back twice, not forth again.
        """
        trail: list[int] = [0]
        try:
            lines = (self._dir(task) / "history").read_text(encoding="ascii").splitlines()
        except OSError:
            lines = []
        for line in lines:
            number = int(line.split("\t")[2])
            if len(trail) > 1 and trail[-2] == number:
                trail.pop()
            elif trail[-1] != number:
                trail.append(number)
        if len(trail) < 2:
            raise ModelError(f"Chưa có mô hình {task} nào được đưa vào dùng nên không có gì để quay lại.")
        self.use(task, trail[-2], now=now)
        return trail[-2]
