"""`loa doc read`: the JSON contract and the short human form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loa.lib.vanban.command import main

FIXTURE = Path(__file__).parent / "fixtures" / "song-lam-2026.docx"

CONTRACT = {
    "legal_refs": {"type", "number", "date", "issuer", "role", "mentions", "quote", "line"},
    "deadlines": {"quote", "date", "relative", "bound", "who", "what", "to", "line"},
    "quotas": {"quote", "count", "min", "unit", "period", "what", "who", "line"},
    "recurring": {"quote", "recurrence", "who", "what", "line"},
    "channels": {"kind", "name", "quote", "line"},
    "unit_roles": {"unit", "role", "quote", "line"},
    "tables": {"title", "columns", "rows"},
    "recipients": {"name", "purpose"},
    "sections": {"level", "label", "title", "line"},
    "warnings": {"code", "message", "quote", "line"},
}
ROW = {"number", "content", "product", "timeframe", "lead", "support", "kind", "line"}


def test_json_has_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(FIXTURE), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {"doc_type", "number", "number_as_printed", "place", "title", "issuer", "period"} <= set(printed)
    assert {"iso", "precision", "quote"} <= set(printed["date"])
    assert {"authority", "title", "name"} <= set(printed["signer"])
    for key, fields in CONTRACT.items():
        assert printed[key], key
        for item in printed[key]:
            assert fields <= set(item), key
    for row in printed["tables"][0]["rows"]:
        assert set(row) >= ROW
        assert isinstance(row["lead"], list)
    assert "source" not in printed


def test_source_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(FIXTURE), "--json", "--source"]) == 0
    printed = json.loads(capsys.readouterr().out)
    text = printed["source"]["text"]
    for quota in printed["quotas"]:
        assert " ".join(text[quota["start"] : quota["end"]].split()) == quota["quote"]
    assert {block["kind"] for block in printed["source"]["blocks"]} == {"paragraph", "row", "note"}


def test_human_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(FIXTURE)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Kế hoạch 45/KH-SGDĐT: Truyền thông về giáo dục và đào tạo tỉnh Sông Lam năm 2026\n")
    assert "Chỉ tiêu (5)" in out
    assert "hằng tháng, ngày 20" in out
