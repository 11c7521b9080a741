"""`loa sim facebook|zalo|webpush|youtube|tiktok|sms`: stand-ins for the channels on this machine. No Django."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from loa.channels.facebook.sim import FacebookSim
from loa.channels.sim.hooks import Knobs
from loa.channels.sim.server import Simulator
from loa.channels.sms.sim import SmsSim
from loa.channels.tiktok.sim import TikTokSim
from loa.channels.webpush.sim import PushSim
from loa.channels.youtube.sim import YouTubeSim
from loa.channels.zalo.sim import ZaloSim

SIMULATORS: dict[str, type[Simulator]] = {
    "facebook": FacebookSim,
    "zalo": ZaloSim,
    "webpush": PushSim,
    "youtube": YouTubeSim,
    "tiktok": TikTokSim,
    "sms": SmsSim,
}
OFFSET = {"facebook": 1001, "zalo": 1002, "webpush": 1003, "youtube": 1004, "tiktok": 1005, "sms": 1006}


def default_port(name: str) -> int:
    """The port the demo's settings expect: PORT + 1001 and so on."""
    return int(os.environ.get("PORT", "8000")) + OFFSET[name]


def main(argv: list[str]) -> int:
    """Serve until told to stop. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="loa sim", description=__doc__)
    parser.add_argument("channel", choices=sorted(SIMULATORS))
    parser.add_argument(
        "--port", type=int, default=0, help="default: PORT + 1001 (facebook), + 1002 (zalo), + 1003 (webpush)"
    )
    parser.add_argument("--events", default="", help="address events are sent to; default: Loa on PORT")
    parser.add_argument("--copies", type=int, default=1, help="every event so often")
    parser.add_argument(
        "--reorder", type=int, default=0, help="hold so many events back and send them newest first"
    )
    parser.add_argument("--forge", action="store_true", help="sign events with a wrong secret")
    for name in ("drop-before", "drop-after", "error", "html", "rate", "refuse", "delay"):
        parser.add_argument(f"--{name}", type=float, default=0)
    options = parser.parse_args(argv)
    folder = Path(os.environ.get("LOA_DATA_DIR", "var")).resolve() / "sim" / options.channel
    sim = SIMULATORS[options.channel](folder=folder)
    for name in ("drop_before", "drop_after", "error", "html", "rate", "refuse", "delay"):
        setattr(sim.faults, name, getattr(options, name))
    if isinstance(sim, FacebookSim | ZaloSim):  # those that tell what happens on them
        sim.outbox.url = options.events or (
            f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/kenh/nhan/{options.channel}/"
        )
        sim.outbox.knobs = Knobs(copies=options.copies, reorder=options.reorder, forge=options.forge)
    if isinstance(sim, SmsSim):
        sim.calls_after = 4
    port = options.port or default_port(options.channel)
    try:
        server = sim.serve(port)
    except OSError:
        sys.stderr.write(f"Cổng {port} đang có chương trình khác dùng; chọn cổng khác bằng --port.\n")
        return 1
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_args: stop.set())
    signal.signal(signal.SIGINT, lambda *_args: stop.set())
    stop.wait()
    server.shutdown()
    return 0
