"""Pictures of named screens at the widths of a phone and a desk, for the README and for one's own eyes.

    make run                                   # in another terminal: the demo on http://localhost:8000
    .venv/bin/python scripts/screenshots.py    # all of them, into docs/screenshots/
    .venv/bin/python scripts/screenshots.py home-school --width 390 --base http://localhost:8001

Needs Playwright (in the development requirements) and a Chromium: the one on the path, or LOA_CHROMIUM.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
WIDTHS = {390: 844, 1280: 800}

#: name → (demo log-in or "" for a visitor, address)
PAGES: dict[str, tuple[str, str]] = {
    "portal": ("", "/"),
    "home-office": ("phuong", "/lam-viec/"),
    "home-school": ("men", "/lam-viec/"),
    "home-lead": ("toan", "/lam-viec/"),
    "home-editor": ("minh", "/lam-viec/"),
    "home-director": ("bao", "/lam-viec/"),
    "home-commune": ("anh", "/lam-viec/"),
    "stories": ("men", "/lam-viec/tin-bai/"),
    "queue": ("minh", "/lam-viec/tin-bai/bien-tap/"),
    "progress": ("phuong", "/lam-viec/tien-do/"),
    "topics": ("phuong", "/lam-viec/tien-do/chu-de/"),
    "reports": ("toan", "/lam-viec/bao-cao/"),
    "plans": ("phuong", "/lam-viec/ke-hoach/"),
    "notices": ("phuong", "/lam-viec/thong-bao/"),
    "search": ("phuong", "/lam-viec/tim/?q=muong"),
    "pictures": ("minh", "/cms/images/"),
    "design": ("phuong", "/lam-viec/thiet-ke/"),
}


def log_in(page: Any, base: str, user: str, password: str) -> None:
    """Through the log-in form, as a person would."""
    page.goto(f"{base}/lam-viec/")  # sends a visitor to the log-in form, wherever it is
    page.fill("[name=login]", user)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    if page.locator("[name=password]").count():
        sys.exit(f"Không đăng nhập được bằng {user}; máy chủ có đang chạy dữ liệu mẫu không?")


def main() -> int:
    """Take the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(PAGES)} (default: all)")
    parser.add_argument("--base", default=f"http://localhost:{os.environ.get('PORT', '8000')}")
    parser.add_argument("--password", default="loa-song-lam-2026", help="of the demo's log-ins")
    parser.add_argument("--width", type=int, action="append", choices=sorted(WIDTHS))
    parser.add_argument("--out", type=Path, default=HERE / "docs" / "screenshots")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in PAGES]
    if unknown:
        parser.error(f"no such screen: {', '.join(unknown)}")
    chromium = os.environ.get("LOA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("Không tìm thấy Chromium: cài đặt, hoặc chỉ đường dẫn trong LOA_CHROMIUM.")
    from playwright.sync_api import sync_playwright

    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        sessions: dict[str, Any] = {}
        for name in options.names or PAGES:
            user, path = PAGES[name]
            if user not in sessions:
                sessions[user] = browser.new_context(locale="vi-VN").new_page()
                if user:
                    log_in(sessions[user], options.base, user, options.password)
            page = sessions[user]
            for width in options.width or WIDTHS:
                page.set_viewport_size({"width": width, "height": WIDTHS[width]})
                answer = page.goto(options.base + path)
                page.wait_for_load_state("networkidle")
                target = options.out / f"{name}-{width}.png"
                page.screenshot(path=target, full_page=True)
                print(answer.status if answer else "?", target)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
