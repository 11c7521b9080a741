"""`loa doc read FILE [--json]`: print what one official document says."""

from __future__ import annotations

import argparse
import json
import sys

from .errors import DocumentError
from .reading import read_document
from .summary import summary


def main(argv: list[str]) -> int:
    """Entry of `loa doc`; returns the exit status (0 read, 2 cannot be read)."""
    parser = argparse.ArgumentParser(prog="loa doc", description="Đọc văn bản hành chính.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VIỆC")
    read = verbs.add_parser("read", help="đọc một văn bản (.docx, .pdf có chữ, .txt, .md, .xlsx)")
    read.add_argument("file", metavar="TỆP")
    read.add_argument("--json", action="store_true", help="in một đối tượng JSON theo giao ước trong docs")
    read.add_argument("--source", action="store_true", help="với --json: kèm chữ nguồn và các khối")
    options = parser.parse_args(argv)
    try:
        reading = read_document(options.file)
    except DocumentError as error:
        if options.json:
            print(json.dumps({"error": error.to_dict()}, ensure_ascii=False))
        else:
            print(error.message, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(reading.to_dict(with_source=options.source), ensure_ascii=False, indent=1))
    else:
        print(summary(reading))
    return 0
