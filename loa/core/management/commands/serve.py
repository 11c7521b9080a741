"""`loa serve`: web and worker together, everything prepared first. What `make run` starts.

One process supervises two kinds of children: granian for the web, `loa worker` for jobs. A child that dies is
started again; when the supervisor is told to stop it stops both and waits.
"""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from loa.core.serving import before_serving, welcome_lines


class Command(BaseCommand):
    help = "Prepare the database and static files, then serve web and worker together."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo when the database is empty")
        parser.add_argument("--workers", type=int, default=1, help="web processes")
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *args: Any, **options: Any) -> None:
        port = int(os.environ.get("PORT", "8000"))
        if port_taken(options["host"], port):
            raise CommandError(
                f"Cổng {port} đang có chương trình khác dùng. "
                f"Dừng chương trình đó hoặc chọn cổng khác: PORT={port + 1} make run"
            )
        self.prepare(demo=options["demo"])
        environment = {**os.environ, "LOA_DEMO": "true"} if options["demo"] else dict(os.environ)
        web = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options["host"], "--port", str(port),
            "--workers", str(options["workers"]), "--blocking-threads", "4", "--log-level", "warning",
            "config.wsgi:application",
        ]  # fmt: skip
        worker = [sys.executable, "-m", "loa.cli", "worker"]
        self.stdout.write(self.welcome(port, demo=options["demo"]))
        self.stdout.flush()
        supervise([web, worker], environment)

    def prepare(self, *, demo: bool) -> None:
        """Bring database, static files and translations up to date; skipped when nothing has changed since."""
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        stamp, mark = settings.DATA_DIR / "prepared", fingerprint()
        fresh = stamp.exists() and stamp.read_text() == mark and database_is_there()
        if not fresh:
            call_command("check")
            self.stdout.write("Đang chuẩn bị cơ sở dữ liệu …")
            call_command("migrate", verbosity=0, interactive=False)
            call_command("collectstatic", verbosity=0, interactive=False)
        for _name, prepare in before_serving.items():
            prepare(command=self, demo=demo)
        if not fresh:
            stamp.write_text(mark)

    def welcome(self, port: int, *, demo: bool) -> str:
        """The address, and in the demo its log-ins."""
        lines = [
            "",
            f"  Loa đang chạy tại  http://localhost:{port}",
            f"  Nơi làm việc:      http://localhost:{port}/lam-viec/",
            "",
        ]
        for more in welcome_lines:
            lines += [f"  {line}" for line in more(demo=demo)]
        return "\n".join([*lines, "", "  Dừng: Ctrl+C", ""])


def port_taken(host: str, port: int) -> bool:
    """Whether something listens there already."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def database_is_there() -> bool:
    """Whether the database holds our tables (somebody may have deleted it since the stamp was written)."""
    return "core_workerbeat" in connection.introspection.table_names()


def fingerprint() -> str:
    """Changes when migrations, static files or installed versions do: names, sizes and times, not contents."""
    root = Path(settings.BASE_DIR)
    digest = hashlib.sha256(str(connection.settings_dict["NAME"]).encode())
    for pattern in ("loa/**/migrations/*.py", "loa/**/static/**/*", "locale/**/*.po", "requirements/base.txt"):
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                stat = path.stat()
                digest.update(f"{path.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def supervise(commands: list[list[str]], environment: dict[str, str]) -> None:
    """Run the commands side by side until told to stop; restart what falls over (at most 5 times a minute)."""
    stopping = False
    children: dict[int, subprocess.Popen[bytes]] = {}
    starts: dict[int, list[float]] = {index: [] for index in range(len(commands))}

    def stop(*_args: Any) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while not stopping:
        for index, command in enumerate(commands):
            child = children.get(index)
            if child is not None and child.poll() is None:
                continue
            recent = [moment for moment in starts[index] if moment > time.monotonic() - 60]
            if len(recent) >= 5:
                stopping = True
                sys.stderr.write("Một tiến trình dừng liên tục; Loa dừng lại. Xem thông báo lỗi phía trên.\n")
                break
            starts[index] = [*recent, time.monotonic()]
            # Own session: Ctrl+C reaches the supervisor alone, which then stops the children in order.
            children[index] = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603
        time.sleep(0.3)
    for child in children.values():
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    for child in children.values():
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()
