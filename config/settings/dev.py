"""One machine, embedded SQLite: what `make run` uses, and good enough for a small office."""

from config.settings.base import *  # noqa: F403
