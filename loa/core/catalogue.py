"""Catalogues of messages: read .po, write .mo, know what the libraries' own Vietnamese lacks, collect our strings.

Source language is Vietnamese: our own strings need no Vietnamese catalogue. `locale/vi` holds the words of the
libraries whose screens people see, because Wagtail's own catalogue is a fifth complete; being in
LOCALE_PATHS it wins over theirs. The compiled .mo are not kept in the repository (they would differ with
every edit): `compile_all` makes them whenever Loa starts and a .po is newer. All in Python: no gettext
programs are needed.
"""

from __future__ import annotations

import ast
import logging
import os
import re
import struct
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)

DOMAINS = ("django", "djangojs")
#: packages with a catalogue whose words people see; contrib modules and the style guide of Wagtail are not
#: installed
SHOWN = (
    "django.conf",
    "django.contrib.auth",
    "django.contrib.humanize",
    "wagtail",
    "wagtail.admin",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.search",
    "allauth",
)
#: parts of allauth that are not installed: log-in by other sites, being a log-in for other sites
NOT_SHOWN = re.compile(r"(^|/)(socialaccount|idp|usersessions|headless)/")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?\w+[^>]*>")


@dataclass(frozen=True)
class Message:
    """One entry of a catalogue; `text` is the translation, "" when there is none."""

    msgid: str
    plural: str = ""
    context: str | None = None
    text: str = ""
    places: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.msgid


_FIELD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)?\s*(".*")$')


def read_po(path: Path) -> list[Message]:
    """The entries of a .po file without its header; fuzzy ones count as not translated. Raises ValueError with the
    line when a line is none of the format."""
    found: list[Message] = []
    fields: dict[str, str] = {}
    places: list[str] = []
    fuzzy = False
    current = ""

    def close() -> None:
        nonlocal fields, places, fuzzy
        if fields.get("msgid"):
            text = "" if fuzzy else fields.get("msgstr", fields.get("msgstr[0]", ""))
            found.append(
                Message(
                    fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt"), text, tuple(places)
                )
            )
        fields, places, fuzzy = {}, [], False

    for number, raw in enumerate(path.read_text("utf-8").splitlines(), start=1):
        line = raw.strip()
        if line.startswith("#") or not line:
            if "msgid" in fields and not line.startswith("#~"):
                close()
            if line.startswith("#:"):
                places += line[2:].split()
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        match = _FIELD.match(line)
        if match is None:
            raise ValueError(f"{path}:{number}: {line}")
        current = match[1] or current
        if match[1] in ("msgctxt", "msgid") and "msgstr" in "".join(fields):
            close()
        fields[current] = fields.get(current, "") + str(ast.literal_eval(match[2]))
    close()
    return found


def write_mo(messages: Iterable[Message], path: Path, plural_forms: str) -> None:
    """Write a compiled catalogue (GNU .mo, little endian), whole or not at all."""
    header = f"Content-Type: text/plain; charset=UTF-8\nPlural-Forms: {plural_forms}\n"
    pairs = {b"": header.encode()}
    for message in messages:
        if message.text:
            msgid = f"{message.context}\x04{message.msgid}" if message.context is not None else message.msgid
            pairs[(f"{msgid}\0{message.plural}" if message.plural else msgid).encode()] = message.text.encode()
    keys = sorted(pairs)
    start = 28 + 16 * len(keys)
    offsets, ids, texts = [], b"", b""
    for key in keys:
        offsets.append((len(key), len(ids), len(pairs[key]), len(texts)))
        ids += key + b"\0"
        texts += pairs[key] + b"\0"
    table = b"".join(struct.pack("<II", size, start + at) for size, at, _, _ in offsets)
    table += b"".join(struct.pack("<II", size, start + len(ids) + at) for _, _, size, at in offsets)
    content = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 0) + table + ids + texts
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


PLURALS = {"vi": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}


def compile_all(*, force: bool = False) -> list[Path]:
    """Compile every catalogue of LOCALE_PATHS that is newer than its .mo; returns what was written."""
    written = []
    for root in map(Path, settings.LOCALE_PATHS):
        for source in root.glob("*/LC_MESSAGES/*.po"):
            target = source.with_suffix(".mo")
            if force or not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                language = source.parent.parent.name
                write_mo(read_po(source), target, PLURALS.get(language, PLURALS["en"]))
                written.append(target)
    return written


def compile_at_start() -> None:
    """`compile_all` that lets Loa start when the files cannot be written: some words are then in English."""
    try:
        if compile_all():
            _forget_loaded()
    except (OSError, ValueError) as error:
        log.warning("Chưa biên dịch được bản dịch giao diện (%s): vài chỗ sẽ hiện tiếng Anh.", error)


def _forget_loaded() -> None:
    """Let Django read the catalogues again: another app may have asked for a word before they were compiled.
    The same as Django's own reloader does when a .mo changes (django.utils.translation.reloader)."""
    from django.utils.translation.reloader import translation_file_changed

    translation_file_changed(None, Path("django.mo"))


def _locale_of(package: str) -> Path | None:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "locale"


def library_messages(domain: str) -> dict[tuple[str | None, str], tuple[str, Message]]:
    """What the shown libraries may say and have no Vietnamese for: key → (package, message)."""
    lacking: dict[tuple[str | None, str], tuple[str, Message]] = {}
    for package in SHOWN:
        folder = _locale_of(package)
        source = folder / "en" / "LC_MESSAGES" / f"{domain}.po" if folder else None
        if folder is None or source is None or not source.exists():
            continue
        own = folder / "vi" / "LC_MESSAGES" / f"{domain}.po"
        done = {message.key for message in read_po(own) if message.text} if own.exists() else set()
        for message in read_po(source):
            hidden = message.places and all(NOT_SHOWN.search(place) for place in message.places)
            if message.key not in done and not hidden:
                lacking.setdefault(message.key, (package, message))
    return lacking


def missing(domain: str) -> list[tuple[str, Message]]:
    """What neither the libraries nor our catalogue has in Vietnamese."""
    ours = {message.key for message in read_po(vietnamese(domain)) if message.text}
    return [pair for key, pair in library_messages(domain).items() if key not in ours]


def vietnamese(domain: str) -> Path:
    """Our Vietnamese catalogue of a domain."""
    return Path(settings.LOCALE_PATHS[0]) / "vi" / "LC_MESSAGES" / f"{domain}.po"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def entry(message: Message, places: Iterable[str]) -> str:
    """One entry as it is written into a .po file."""
    lines = [f"#: {place}" for place in sorted(set(places))]
    if "%(" in message.msgid or re.search(r"%[sd]", message.msgid):
        lines.append("#, python-format")
    if message.context is not None:
        lines.append(f"msgctxt {_quoted(message.context)}")
    lines.append(f"msgid {_quoted(message.msgid)}")
    if message.plural:
        lines += [f"msgid_plural {_quoted(message.plural)}", f"msgstr[0] {_quoted(message.text)}"]
    else:
        lines.append(f"msgstr {_quoted(message.text)}")
    return "\n".join(lines) + "\n"


# — our own strings ————————————————————————————————————————————————————————————————————————————

_PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}


def own_messages(root: Path) -> dict[tuple[str | None, str], tuple[Message, list[str]]]:
    """The strings marked for translation in our Python and templates under `root`, with the files they stand
    in."""
    found: dict[tuple[str | None, str], tuple[Message, list[str]]] = {}
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.html"), *root.rglob("*.txt")]):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        for message in _marked(path):
            found.setdefault(message.key, (message, []))[1].append(path.relative_to(root.parent).as_posix())
    return found


_STRING = r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL = re.compile(rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*(u?{_STRING}(?:\s*,\s*u?{_STRING})*)", re.S)


def _marked(path: Path) -> Iterator[Message]:
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        yield from _calls(ast.parse(text))
        return
    from django.utils.translation.template import templatize

    # templatize turns a template into what a scanner of C reads: calls of gettext among X's
    for call in _CALL.finditer(templatize(text, origin=str(path))):
        strings = [ast.literal_eval(part.replace("\n", "\\n")) for part in re.findall(_STRING, call[2])]
        yield from _message(call[1], strings)


def _calls(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            strings = [
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            yield from _message(name, strings)


def _message(name: str, strings: list[str]) -> Iterator[Message]:
    if name in _PLAIN and strings and strings[0]:
        yield Message(strings[0])
    elif name in _PLURAL and len(strings) > 1:
        yield Message(strings[0], strings[1])
    elif name in _CONTEXT and len(strings) > 1:
        yield Message(strings[1], context=strings[0])
    elif name == "npgettext" and len(strings) > 2:
        yield Message(strings[1], strings[2], strings[0])
