"""Opening a .docx or .xlsx without trusting it: sizes are checked before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree

from loa.lib.vanban import errors

#: bytes one part may unpack to; the text of 1,000 pages is about 20 MB of XML
MAX_PART = 64 * 2**20
#: bytes a whole package may unpack to (pictures included)
MAX_TOTAL = 400 * 2**20
#: unpacked : packed; ordinary XML packs 10–30 times, a bomb a thousand
MAX_RATIO = 250
MAX_ENTRIES = 6000


@dataclass(slots=True)
class Package:
    """A checked zip package. `name` is the file's, for messages."""

    archive: zipfile.ZipFile
    name: str

    def has(self, part: str) -> bool:
        return part in self.archive.NameToInfo

    def names(self) -> list[str]:
        return self.archive.namelist()

    def read(self, part: str) -> bytes:
        """One part, never more than MAX_PART whatever its header claims. Raises `ZipBomb` or `BrokenDocx`."""
        try:
            with self.archive.open(part) as stream:
                data = stream.read(MAX_PART + 1)
        except (KeyError, OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
            raise errors.BrokenDocx(name=self.name) from error
        if len(data) > MAX_PART:
            raise errors.ZipBomb(name=self.name)
        return data

    def xml(self, part: str) -> etree._Element | None:
        """A parsed part, None when the package lacks it. Entities are never expanded."""
        if not self.has(part):
            return None
        data = self.read(part)
        if b"<!DOCTYPE" in data[:4096]:
            raise errors.BrokenDocx(name=self.name)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise errors.BrokenDocx(name=self.name) from error


def open_package(data: bytes, name: str, extension: str) -> Package:
    """Check the directory of a zip file and hand it out.

    Raises `ZipBomb`, or `BrokenDocx`/`BrokenXlsx`/`UnknownFormat` by extension.
    """
    broken = {".xlsx": errors.BrokenXlsx, ".docx": errors.BrokenDocx}.get(extension, errors.UnknownFormat)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise broken(name=name) from error
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    parts = [e for e in entries if e.filename.endswith((".xml", ".rels"))]
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_TOTAL
        or any(entry.file_size > MAX_PART for entry in parts)
        or (unpacked > 20 * 2**20 and unpacked / packed > MAX_RATIO)
    ):
        raise errors.ZipBomb(name=name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise errors.EncryptedOffice(name=name)
    return Package(archive, name)
