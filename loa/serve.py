"""`loa serve`: web and worker together, everything prepared first. What `make run` starts.

One process supervises two kinds of children: granian for the web, `loa worker` for jobs. A child that dies is
started again; when the supervisor is told to stop it stops both and waits. The supervisor itself never loads
Django: a second start costs what one process needs to start, not two after each other.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from loa.core.prepared import Stamp, ready_stamp


def main(argv: list[str]) -> int:
    """Prepare what is not prepared, then serve until told to stop. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="loa serve", description=__doc__, add_help=True)
    parser.add_argument("--demo", action="store_true", help="load the demo when the database is empty")
    parser.add_argument("--workers", type=int, default=1, help="web processes")
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args(argv)
    environment = children_environment(demo=options.demo)
    settings = load_settings(environment)
    port = int(os.environ.get("PORT", "8000"))
    if port_taken(options.host, port):
        return complain(
            f"Cổng {port} đang có chương trình khác dùng. "
            f"Dừng chương trình đó hoặc chọn cổng khác: PORT={port + 1} make run"
        )
    stamp = ready_stamp(settings, demo=options.demo)
    if stamp is None:
        demo = ["--demo"] if options.demo else []
        prepared = subprocess.run([sys.executable, "-m", "loa.cli", "prepare", *demo], env=environment)  # noqa: S603
        stamp = Stamp.read(settings.DATA_DIR)
        if prepared.returncode or stamp is None:
            return prepared.returncode or complain("Chưa chuẩn bị xong. Xem thông báo lỗi phía trên.")
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options.host, "--port", str(port),
        "--workers", str(options.workers), "--blocking-threads", "4", "--log-level", "warning",
        "config.wsgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "loa.cli", "worker"]
    standins = simulators(settings)
    sys.stdout.write(welcome(port, [*stamp.lines, *shown(standins)]) + "\n")
    sys.stdout.flush()
    supervise([web, *(one.command for one in standins), worker], environment)
    return 0


def children_environment(*, demo: bool) -> dict[str, str]:
    """The environment of the processes started here.

    PYTHONDONTWRITEBYTECODE, set in many containers, is left out: without its caches Python compiles 2,400 modules
    at every start, which takes longer than all else.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    return {**environment, "LOA_DEMO": "true"} if demo else environment


@dataclass(frozen=True)
class StandIn:
    """A simulator that is started, and the page on which one sees what came to it."""

    label: str
    command: list[str]
    page: int


#: simulator, how people call it, its port above PORT
STAND_INS = (
    ("facebook", "Facebook", 1001),
    ("zalo", "Zalo", 1002),
    ("webpush", "Thông báo trình duyệt", 1003),
    ("youtube", "YouTube", 1004),
    ("tiktok", "TikTok", 1005),
    ("sms", "Tin nhắn SMS", 1006),
)
SMTP, MAIL_PAGE = 1007, 1008


def simulators(settings: Any) -> list[StandIn]:
    """In the demo: stand-ins for the channels and for the mail server, unless the settings name other addresses or
    the port is taken."""
    found: list[StandIn] = []
    base = int(os.environ.get("PORT", "8000"))
    sim = [sys.executable, "-m", "loa.cli", "sim"]
    for name, label, offset in STAND_INS if settings.LOA_DEMO else ():
        port = base + offset
        address = f"http://127.0.0.1:{port}"
        meant = address in (
            settings.LOA_CHANNEL_URLS.get(name),
            *(f"http://{one}" for one in settings.LOA_WEBPUSH_INSIDE),
        )
        if meant and not port_taken("127.0.0.1", port):
            found.append(StandIn(label, [*sim, name], port))
    mine = settings.LOA_DEMO and ("127.0.0.1", base + SMTP) == (settings.EMAIL_HOST, settings.EMAIL_PORT)
    if mine and not any(port_taken("127.0.0.1", base + offset) for offset in (SMTP, MAIL_PAGE)):
        ports = ["--port", str(base + SMTP), "--web-port", str(base + MAIL_PAGE)]
        folder = str(settings.DATA_DIR / "sim" / "smtp")
        found.append(StandIn("Hộp thư điện tử", [*sim, "smtp", *ports, "--folder", folder], base + MAIL_PAGE))
    return found


def shown(standins: list[StandIn]) -> list[str]:
    """Where a newcomer sees what was posted and written."""
    if not standins:
        return []
    lines = [f"  {one.label:<22} http://127.0.0.1:{one.page}" for one in standins]
    return ["", "Trang mô phỏng trên máy này: bài đăng, tin nhắn và thư gửi đi hiện ở đây", *lines]


def load_settings(environment: dict[str, str]) -> Any:
    """The settings module itself, which needs no Django. A wrong value ends the program with its sentence."""
    from django.core.exceptions import ImproperlyConfigured

    os.environ["DJANGO_SETTINGS_MODULE"] = environment["DJANGO_SETTINGS_MODULE"]
    if "LOA_DEMO" in environment:
        os.environ["LOA_DEMO"] = environment["LOA_DEMO"]
    try:
        return importlib.import_module(environment["DJANGO_SETTINGS_MODULE"])
    except ImproperlyConfigured as error:
        sys.exit(complain(str(error)))


def complain(sentence: str) -> int:
    """Say what is wrong; the exit status of a start that did not happen."""
    sys.stderr.write(f"{sentence}\n")
    return 1


def welcome(port: int, more: list[str]) -> str:
    """The address, and in the demo its log-ins."""
    lines = [
        "",
        f"  Loa đang chạy tại  http://localhost:{port}",
        f"  Nơi làm việc:      http://localhost:{port}/lam-viec/",
        "",
        *(f"  {line}" for line in more),
    ]
    return "\n".join([*lines, "", "  Dừng: Ctrl+C", ""])


def port_taken(host: str, port: int) -> bool:
    """Whether something listens there already."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


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
                complain("Một tiến trình dừng liên tục; Loa dừng lại. Xem thông báo lỗi phía trên.")
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
