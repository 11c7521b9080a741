"""What import-linter cannot see: foreign keys, and sizes of files."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
LAYERS = [
    {"core"},
    {"audit"},
    {"accounts"},
    {"org"},
    {"plans", "channels"},
    {"newsroom"},
    {"press", "bulletins", "listening", "feedback", "training", "compliance"},
    {"incidents"},
    {"reporting"},
    {"agenda", "reminders"},
    {"portal", "console", "api"},
    {"demo"},
]
HEIGHT = {label: level for level, labels in enumerate(LAYERS) for label in labels}


def test_no_model_has_a_foreign_key_upwards_or_sideways():
    wrong = []
    for model in apps.get_models():
        here = model._meta.app_label
        if here not in HEIGHT:
            continue
        for field in model._meta.get_fields():
            if not field.concrete or not field.is_relation or field.related_model is None:
                continue
            there = field.related_model._meta.app_label
            if there == here or there not in HEIGHT:
                continue
            if HEIGHT[there] >= HEIGHT[here]:
                wrong.append(f"{model._meta.label}.{field.name} → {field.related_model._meta.label}")
    assert wrong == []


def test_every_domain_has_a_place_among_the_layers():
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("loa.")}
    assert ours <= set(HEIGHT)


def test_every_room_has_a_page_about_itself():
    rooms = [path.parent for path in ROOT.glob("loa/*/apps.py")]
    assert len(rooms) > 10
    assert [room.name for room in [*rooms, ROOT / "loa/lib"] if not (room / "README.md").is_file()] == []


def test_no_file_is_longer_than_its_limit():
    too_long = []
    for path in [*ROOT.glob("loa/**/*.py"), *ROOT.glob("config/**/*.py"), *ROOT.glob("tests/**/*.py")]:
        if "migrations" in path.parts:
            continue
        limit = 800 if path.name.startswith("test_") else 600
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > limit:
            too_long.append(f"{path.relative_to(ROOT)}: {lines} > {limit}")
    assert too_long == []
