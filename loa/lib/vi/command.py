"""`loa text fold|nfc|tones|clean|recover|slug|sort` — one line in, one line out (UTF-8), without loading
Django."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path

from .collation import sort_key
from .forms import clean, fold, nfc
from .legacy import recover
from .syllable import tones
from .text import slugify_vi

USAGE = """Cách dùng: loa text VIỆC [--style old|new] [TỆP …]

Đọc từng dòng UTF-8 từ tệp (hoặc đầu vào chuẩn), ghi ra từng dòng:
  fold     chữ thường, bỏ mọi dấu, đ thành d (khoá tìm kiếm)
  nfc      chuẩn Unicode NFC
  tones    đặt dấu thanh đúng chỗ; --style old: hòa, thủy (mặc định); new: hoà, thuỷ
  clean    NFC, bỏ ký tự ẩn, gộp khoảng trắng
  recover  nhận ra và chuyển TCVN3 (ABC), VNI, VIQR… về Unicode
  slug     địa chỉ không dấu
  sort     xếp các dòng theo vần chữ cái tiếng Việt
"""

VERBS: dict[str, Callable[[str], str]] = {
    "fold": fold,
    "nfc": nfc,
    "tones": tones,
    "clean": clean,
    "recover": lambda line: recover(line)[0],
    "slug": slugify_vi,
}


def _lines(paths: list[str]) -> Iterable[str]:
    """Lines without their line end; bytes that are no UTF-8 pass through unchanged (surrogateescape)."""
    for path in paths or ["-"]:
        with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as source:
            for raw in source:
                yield raw.decode("utf-8", "surrogateescape").removesuffix("\n")


def main(argv: list[str]) -> int:
    """Run one verb; 2 when the call is wrong, 1 when a file cannot be read."""
    args = list(argv)
    style = "old"
    if "--style" in args:
        at = args.index("--style")
        style = args[at + 1] if at + 1 < len(args) else ""
        del args[at : at + 2]
    verb, paths = (args[0], args[1:]) if args else ("", [])
    if (verb not in VERBS and verb != "sort") or style not in ("old", "new"):
        sys.stderr.write(USAGE)
        return 0 if verb in ("help", "-h", "--help") else 2
    out = sys.stdout.buffer
    try:
        if verb == "sort":
            for line in sorted(_lines(paths), key=sort_key):
                out.write(line.encode("utf-8", "surrogateescape") + b"\n")
        else:
            change = VERBS[verb] if style == "old" else (lambda line: tones(line, "new"))
            for line in _lines(paths):
                end = "\r" if line.endswith("\r") else ""
                out.write((change(line.removesuffix("\r")) + end).encode("utf-8", "surrogateescape") + b"\n")
        out.flush()
    except OSError as error:
        sys.stderr.write(f"Không đọc được tệp: {error}\n")
        return 1
    return 0
