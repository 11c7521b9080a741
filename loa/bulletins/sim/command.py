"""`loa sim smtp`: the mail server and its page, until stopped."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from loa.bulletins.sim import page
from loa.bulletins.sim.server import Faults, Sink


def main(argv: list[str]) -> int:
    """Read the switches and serve."""
    parser = argparse.ArgumentParser(prog="loa sim smtp", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8025)
    parser.add_argument("--web-port", type=int, default=8026)
    parser.add_argument("--ids", type=Path, help="file to which every Message-ID is appended")
    parser.add_argument("--folder", type=Path, help="keep letters there, so that they outlive the program")
    parser.add_argument("--temporary", type=float, default=0, help="share of recipients that get 451")
    parser.add_argument("--permanent", type=float, default=0, help="share of addresses that get 550")
    parser.add_argument(
        "--returned", type=float, default=0, help="share of addresses whose letters are taken and reported back"
    )
    parser.add_argument(
        "--reports", type=Path, help="Maildir for those reports (read: loa bulletins bounces FOLDER)"
    )
    parser.add_argument("--drop-before", type=float, default=0, help="share of letters lost before they are taken")
    parser.add_argument("--drop-after", type=float, default=0, help="share of letters taken without an answer")
    parser.add_argument("--greylist", action="store_true", help="450 at the first try for every address")
    parser.add_argument("--slow", type=float, default=0, help="seconds before every answer to a letter")
    parser.add_argument("--no-pipelining", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    if options.returned and options.reports is None:
        parser.error("--returned needs --reports FOLDER")
    faults = Faults(
        temporary=options.temporary,
        permanent=options.permanent,
        returned=options.returned,
        drop_before=options.drop_before,
        drop_after=options.drop_after,
        greylist=options.greylist,
        slow=options.slow,
        seed=options.seed,
    )
    sink = Sink(faults, options.ids, not options.no_pipelining, folder=options.folder, reports=options.reports)
    asyncio.run(_serve(sink, options))
    return 0


async def _serve(sink: Sink, options: argparse.Namespace) -> None:
    port = await sink.start(options.host, options.port)
    _server, web = await page.serve(sink, options.host, options.web_port)
    sys.stdout.write(f"SMTP {options.host}:{port} · http://{options.host}:{web}/\n")
    sys.stdout.flush()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await sink.stop()
