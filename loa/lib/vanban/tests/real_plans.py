"""Where the real plans are: outside the project, read in place, never copied in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[4]


def folder() -> Path:
    """The folder of real plans: LOA_REAL_PLANS, or `../shared/plans` beside the project."""
    return Path(os.environ.get("LOA_REAL_PLANS") or _ROOT.parent / "shared" / "plans")


def plan(name: str) -> Path:
    """One real plan; the test is skipped with a clear sentence when the folder is absent."""
    path = folder() / name
    if not path.exists():
        pytest.skip(
            f"Không có kế hoạch thật {name} trong {folder()}. "
            "Đặt LOA_REAL_PLANS tới thư mục chứa các kế hoạch thật."
        )
    return path
