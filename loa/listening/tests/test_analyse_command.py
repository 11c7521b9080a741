"""`loa listen analyse`: one line out for every line in, in the same order, whatever stands in it."""

from __future__ import annotations

import io
import json

import pytest

from loa.listening import command
from loa.listening.command import main, run

GOOD = "Phụ huynh phản ánh các khoản thu đầu năm tại trường tăng cao so với năm học trước"


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch):
    monkeypatch.setattr(command, "_installed", lambda: False)


def no_constant(name):
    pytest.fail(f"{name} is no JSON")


def answers(*lines):
    """What is answered, read back as strictly as JSON is defined, from the bytes of a file."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    status = run([line if isinstance(line, bytes) else line.encode() for line in lines], out, [])
    out.flush()
    written = out.buffer.getvalue().decode("utf-8")
    found = [json.loads(line, parse_constant=no_constant) for line in written.splitlines()]
    assert status == any("error" in one for one in found)
    return found


def line(key, text=GOOD, **more):
    return json.dumps({"id": key, "text": text, **more})


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        ("[" * 200_000, None),
        ('{"id":' * 200_000, None),
        ('{"id":NaN,"text":"a"}', None),
        ('{"id":1e999,"text":"a"}', None),
        ('{"id":' + "[" * 5000 + "]" * 5000 + ',"text":"a"}', None),
        ('{"id":"a","text":"b","at":-Infinity}', None),
        ("không phải JSON", None),
        ("[1, 2]", None),
        ('{"text":"a"}', None),
        (line("a", 7), "a"),
        (line(7, ["a"]), 7),
        (line("a", False), "a"),
        (line("a", title={"b": 1}), "a"),
        (b'{"id":"\xff', None),
    ],
)
def test_a_line_that_cannot_be_read_is_told_in_its_place_and_the_rest_goes_on(bad, key):
    first, wrong, last = answers(line("x"), bad, line("y"))
    assert (first["id"], wrong["id"], last["id"]) == ("x", key, "y")
    assert first["sentiment"] == last["sentiment"]
    assert set(wrong) == {"id", "error"}


def test_half_a_sign_in_an_id_or_a_text_is_answered():
    half, other = answers(line("\ud800", f"{GOOD} \udfff"), line("b"))
    assert half["id"] == "\ud800"
    assert half["sentiment"] == other["sentiment"]
    assert other["cluster"] == "\ud800"


def test_an_output_that_has_no_accents_gets_them_escaped():
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert run([line("bài").encode()], out, []) == 0
    out.flush()
    assert json.loads(out.buffer.getvalue())["id"] == "bài"


def test_ids_come_back_as_they_were_given_also_as_clusters():
    keys = [1, "1", None, {"x": 1}, 2.5]
    found = answers(*(line(key, f"{GOOD} {'lần nữa ' * 9 if key == '1' else ''}") for key in keys))
    assert [one["id"] for one in found] == keys
    assert type(found[0]["cluster"]) is int
    assert found[2]["cluster"] == found[3]["cluster"] == 1
    apart = answers(*(line(key, text) for key, text in (("1", "Ngắn"), (1, "Khác hẳn"), (None, "Ngắn"))))
    assert [one["cluster"] for one in apart] == ["1", 1, "1"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("u.jsonl", '{"id":1,"name":"Trường A"}\n\n{"id":2}\n', "dòng 3: thiếu name"),
        ("u.jsonl", '{"name":"Trường A"}', "dòng 1: thiếu id"),
        ("u.jsonl", '{"id":1,"name":["A"]}', "dòng 1: thiếu name"),
        ("u.jsonl", '{"id":[1],"name":"A"}', "dòng 1: thiếu id"),
        ("u.jsonl", "[" * 200_000, "dòng 1: thiếu id"),
        ("u.jsonl", '{"id":1,"name":"A","places":"Xã B"}', "dòng 1: places phải là một danh sách"),
        ("u.csv", "id,name\n1,Trường A\n2,\n", "dòng 3: thiếu name"),
        ("u.csv", "ma,ten\n1,Trường A\n", "dòng 2: thiếu id"),
    ],
)
def test_a_list_of_units_that_lacks_something_is_told_by_line(tmp_path, capsys, name, text, told):
    units, items = tmp_path / name, tmp_path / "in.jsonl"
    units.write_text(text, encoding="utf-8")
    items.write_text(line("x"), encoding="utf-8")
    assert main(["analyse", str(items), "--units", str(units)]) == 1
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""


def test_units_keep_their_ids(tmp_path, capsys):
    units = tmp_path / "u.csv"
    units.write_text("id,name,places\n7,Trường A,Xã B; Huyện C\n007,Trường D,\n²,Trường E,\n", encoding="utf-8")
    found = list(command.read_schools(units))
    assert [one.id for one in found] == [7, "007", "²"]
    # Two that are as likely: nothing says which, and both are answered by their own ids.
    units.write_text("id,name\nx1,Trường Tiểu học Sơn Hạ\n8,Trường Tiểu học Sơn Hạ\n", encoding="utf-8")
    items = tmp_path / "in.jsonl"
    items.write_text(line("x", "Trường Tiểu học Sơn Hạ thu thêm tiền"), encoding="utf-8")
    assert main(["analyse", str(items), "--units", str(units)]) == 0
    assert [hit["unit"] for hit in json.loads(capsys.readouterr().out)["units"]] == [8, "x1"]
