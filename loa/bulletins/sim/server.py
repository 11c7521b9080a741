"""A mail server that keeps what it gets and can be made to fail: for trying, measuring and proving.

It speaks what a relay speaks (EHLO, PIPELINING, 8BITMIME, ENHANCEDSTATUSCODES, MAIL, RCPT, DATA, RSET, NOOP,
QUIT) and delivers nowhere. Message-IDs are counted, so that a letter sent twice shows. Faults come with a
probability each, from a seeded dice: two runs of one seed fail alike.
"""

from __future__ import annotations

import asyncio
import mailbox
import random
import re
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from loa.bulletins.sim import reports

_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(<[^>\r\n]+>)")
_PATH = re.compile(r"(?i)^(?:FROM|TO):\s*<([^>]*)>")
#: letters kept whole, for the page; of all others only the Message-ID is kept
KEEP = 300
MOST_BYTES = 20 * 1024 * 1024


@dataclass
class Faults:
    """How often what goes wrong (0 to 1 each)."""

    #: 451 at RCPT / 550 5.1.1 at RCPT (by address: the same ones every time)
    temporary: float = 0.0
    permanent: float = 0.0
    #: taken first, then a report comes back to the envelope's sender (by address, as with `permanent`)
    returned: float = 0.0
    #: the connection ends before the letter is taken / after it was taken, before the answer
    drop_before: float = 0.0
    drop_after: float = 0.0
    #: the first try for each address gets 450
    greylist: bool = False
    #: seconds before every answer to a letter
    slow: float = 0.0
    seed: int = 1


@dataclass
class Letter:
    """One letter that was taken."""

    number: int
    message_id: str
    sender: str
    recipients: list[str]
    data: bytes


@dataclass
class Sink:
    """What has come in, and the server itself."""

    faults: Faults = field(default_factory=Faults)
    #: every Message-ID taken is appended here, one a line, for whoever counts after the fact
    ids_path: Path | None = None
    pipelining: bool = True
    #: letters are kept here as files, and found again at the next start
    folder: Path | None = None
    #: reports of letters that could not be delivered are put into this Maildir; none: they are not written
    reports: Path | None = None
    letters: OrderedDict[int, Letter] = field(default_factory=OrderedDict)
    seen: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.faults.seed)  # noqa: S311 - faults, not secrets
        self.greylisted: set[str] = set()
        self._server: asyncio.Server | None = None
        self._ids = self.ids_path.open("ab", buffering=0) if self.ids_path else None
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(self.folder.glob("*.eml")):
                self._found(path)

    def _found(self, path: Path) -> None:
        """A letter of an earlier start. First line: from and to, as they were in the envelope."""
        envelope, _line, data = path.read_bytes().partition(b"\n")
        sender, *recipients = envelope.decode(errors="replace").split(" ")
        if not path.stem.isdigit():
            return
        known = _MESSAGE_ID.search(data[:8192])
        message_id = known[1].decode(errors="replace") if known else ""
        number = int(path.stem)
        self.letters[number] = Letter(number, message_id, sender, recipients, data)
        self.seen[message_id] += 1
        self.counts["taken"] = number

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; returns the port."""
        self._server = await asyncio.start_server(self._talk, host, port, limit=MOST_BYTES)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    @property
    def total(self) -> int:
        """Letters taken."""
        return self.counts["taken"]

    @property
    def doubled(self) -> int:
        """Letters taken more than once."""
        return self.counts["doubled"]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counts["connections"] += 1
        try:
            await Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def dead(self, address: str) -> bool:
        """Whether nobody has this address: decided by the address, so that it is so every time."""
        return self._share(address) < self.faults.permanent

    def bounces(self, address: str) -> bool:
        """Whether a letter for this address is taken and comes back later."""
        return self._share(address) < self.faults.permanent + self.faults.returned

    def _share(self, address: str) -> float:
        return random.Random(f"{self.faults.seed} {address}").random()  # noqa: S311 - faults, not secrets

    def _report(self, letter: Letter) -> None:
        """Put a report for each recipient nobody has into the box of reports; nothing for mail without a sender,
        which is how reports travel themselves (RFC 5321)."""
        if self.reports is None or not letter.sender:
            return
        for address in letter.recipients:
            if self.bounces(address):
                box = mailbox.Maildir(self.reports)
                box.add(reports.undelivered(letter.sender, address, letter.data, letter.number))
                self.counts["returned"] += 1

    def take(self, sender: str, recipients: list[str], data: bytes) -> None:
        """Keep a letter."""
        found = _MESSAGE_ID.search(data[:8192])
        message_id = found[1].decode(errors="replace") if found else ""
        self.counts["taken"] += 1
        self.counts["bytes"] += len(data)
        self.seen[message_id] += 1
        if self.seen[message_id] > 1:
            self.counts["doubled"] += 1
        if self._ids is not None:
            self._ids.write(message_id.encode() + b"\n")
        number = self.counts["taken"]
        self.letters[number] = Letter(number, message_id, sender, recipients, data)
        if self.folder is not None:
            envelope = " ".join([sender, *recipients]).encode() + b"\n"
            (self.folder / f"{number:08}.eml").write_bytes(envelope + data)
        self._report(self.letters[number])
        if len(self.letters) > KEEP:
            gone, _letter = self.letters.popitem(last=False)
            if self.folder is not None:
                (self.folder / f"{gone:08}.eml").unlink(missing_ok=True)


class Session:
    """One connection."""

    def __init__(self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.sender: str | None = None
        self.recipients: list[str] = []

    def say(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")

    async def run(self) -> None:
        """Greet, then one command after another until QUIT."""
        self.say("220 loa-sim ESMTP")
        while True:
            await self.writer.drain()
            raw = await self.reader.readline()
            if not raw:
                return
            verb, _space, rest = raw.decode(errors="replace").strip().partition(" ")
            verb = verb.upper()
            if verb == "QUIT":
                self.say("221 2.0.0 Bye")
                await self.writer.drain()
                return
            handler = getattr(self, f"do_{verb.lower()}", None)
            if handler is None:
                self.say("500 5.5.2 Unknown command")
            elif await handler(rest.strip()) is False:
                return

    async def do_ehlo(self, rest: str) -> None:
        names = ["loa-sim", *(["PIPELINING"] if self.sink.pipelining else []), "8BITMIME", "ENHANCEDSTATUSCODES"]
        for name in names:
            self.say(f"250-{name}")
        self.say(f"250 SIZE {MOST_BYTES}")

    async def do_helo(self, rest: str) -> None:
        self.say("250 loa-sim")

    async def do_noop(self, rest: str) -> None:
        self.say("250 2.0.0 OK")

    async def do_rset(self, rest: str) -> None:
        self.sender, self.recipients = None, []
        self.say("250 2.0.0 OK")

    async def do_mail(self, rest: str) -> None:
        found = _PATH.match(rest)
        if found is None:
            self.say("501 5.5.4 Syntax: MAIL FROM:<address>")
            return
        self.sender, self.recipients = found[1], []
        self.say("250 2.1.0 OK")

    async def do_rcpt(self, rest: str) -> None:
        sink, found = self.sink, _PATH.match(rest)
        if self.sender is None or found is None:
            self.say("503 5.5.1 MAIL first")
            return
        address = found[1]
        if sink.faults.greylist and address not in sink.greylisted:
            sink.greylisted.add(address)
            sink.counts["refused_4xx"] += 1
            self.say("450 4.2.0 Greylisted, try again later")
        elif sink.dead(address):
            sink.counts["refused_5xx"] += 1
            self.say("550 5.1.1 No such user here")
        elif sink.dice.random() < sink.faults.temporary:
            sink.counts["refused_4xx"] += 1
            self.say("451 4.3.0 Try again later")
        else:
            self.recipients.append(address)
            self.say("250 2.1.5 OK")

    async def do_data(self, rest: str) -> bool | None:
        sink = self.sink
        if not self.recipients:
            self.say("554 5.5.1 No valid recipients")
            return None
        self.say("354 End data with <CR><LF>.<CR><LF>")
        await self.writer.drain()
        data = (await self.reader.readuntil(b"\r\n.\r\n"))[:-5].replace(b"\r\n..", b"\r\n.")
        if sink.faults.slow:
            await asyncio.sleep(sink.faults.slow)
        if sink.dice.random() < sink.faults.drop_before:
            sink.counts["dropped_before"] += 1
            return False
        sink.take(self.sender or "", self.recipients, data)
        if sink.dice.random() < sink.faults.drop_after:
            sink.counts["dropped_after"] += 1
            return False
        self.sender, self.recipients = None, []
        self.say(f"250 2.0.0 OK {sink.total}")
        return None
