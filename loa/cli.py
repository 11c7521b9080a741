"""The `loa` command: a few verbs of our own that need no database, and Django's for the rest.

Verbs that only read text (`loa doc read`, `loa text fold`) and the supervisor (`loa serve`) never load Django, so
that they start at once.
"""

from __future__ import annotations

import importlib
import os
import sys

#: verb → module with `main(argv) -> int`, imported only when asked for
PLAIN_VERBS = {
    "doc": "loa.lib.vanban.command",
    "serve": "loa.serve",
    "listen": "loa.listening.command",
    "sim": "loa.channels.sim.command",
    "text": "loa.lib.vi.command",
}

#: verb and noun → module, for verbs of several domains
PLAIN_PAIRS = {
    ("sim", "smtp"): "loa.bulletins.sim.command",
}


def main(argv: list[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    args = list(sys.argv[1:] if argv is None else argv)
    if tuple(args[:2]) in PLAIN_PAIRS:
        module = importlib.import_module(PLAIN_PAIRS[(args[0], args[1])])
        return int(module.main(args[2:]) or 0)
    if args and args[0] in PLAIN_VERBS:
        module = importlib.import_module(PLAIN_VERBS[args[0]])
        return int(module.main(args[1:]) or 0)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["loa", *(args or ["help"])])
    except ImproperlyConfigured as error:
        if "--traceback" in args:
            raise
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
