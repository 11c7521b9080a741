"""Pictures are served; nothing else is, and nothing outside their folder."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def test_a_picture_is_served_and_kept_by_browsers(client, db):
    name = default_storage.save("images/a.jpg", ContentFile(b"\xff\xd8\xff picture"))
    answer = client.get(f"/media/{name}")
    assert b"".join(answer.streaming_content) == b"\xff\xd8\xff picture"
    assert answer["Content-Type"] == "image/jpeg"
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["images/none.jpg", "secret.html", "../secret-key.jpg", "a/../../b.png", "x.svg"])
def test_nothing_else_is(client, db, path):
    default_storage.save("secret.html", ContentFile(b"<script>"))
    assert client.get(f"/media/{path}").status_code == 404
