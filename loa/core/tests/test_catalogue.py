"""The Vietnamese catalogue of what the libraries say."""

import gettext
import re
from collections import Counter

import pytest
from django.test import override_settings
from django.utils import translation

from loa.core import catalogue

OURS = {domain: catalogue.read_po(catalogue.vietnamese(domain)) for domain in catalogue.DOMAINS}
# Words that are the same in Vietnamese, or names.
SAME = {"…", "IPv4", "IPv6", "slug", "URL", "+%(counter)s more"}


# Code and names that stay as they are inside a Vietnamese sentence.
NOT_WORDS = re.compile(r"<[^>]+>|%\(\w+\)s|https?://\S+|[“'\"][\w. -]+[”'\"]|openid\S*|Referer")


@pytest.mark.parametrize("domain", catalogue.DOMAINS)
def test_everything_the_shown_libraries_say_is_in_vietnamese(domain):
    assert len(catalogue.library_messages(domain)) > 50, "the installed catalogues were not found"
    assert [(package, message.msgid) for package, message in catalogue.missing(domain)] == []


@pytest.mark.parametrize("domain", catalogue.DOMAINS)
def test_placeholders_and_tags_are_kept(domain):
    for message in OURS[domain]:
        wanted = Counter(catalogue.PLACEHOLDER.findall(message.plural or message.msgid))
        assert Counter(catalogue.PLACEHOLDER.findall(message.text)) == wanted, message.msgid
        for edge in (" ", "\n"):
            assert message.msgid.startswith(edge) == message.text.startswith(edge), message.msgid
            assert message.msgid.endswith(edge) == message.text.endswith(edge), message.msgid


@pytest.mark.parametrize("domain", catalogue.DOMAINS)
def test_nothing_is_left_in_english(domain):
    english = re.compile(r"\b(the|you|your|this|page|are|not|please|with|and|has|been|from|to)\b", re.I)
    for message in OURS[domain]:
        bare = NOT_WORDS.sub("", message.text)
        assert not english.search(bare), message.text
        if re.search(r"[a-z]{3}", re.sub(r"%\(\w+\)s|\{\w*\}", "", message.msgid)) and message.msgid not in SAME:
            assert message.text != message.msgid


def test_no_message_stands_twice():
    for messages in OURS.values():
        assert [key for key, count in Counter(m.key for m in messages).items() if count > 1] == []


def test_the_catalogue_wins_over_the_libraries():
    with translation.override("vi"):
        assert translation.gettext("Save draft") == "Lưu bản nháp"
        assert translation.gettext("Publish") == "Đăng"
        assert translation.gettext("Log out") == "Đăng xuất"
        assert translation.ngettext("Delete 1 page", "Delete %(counter)s pages", 3) == "Xoá %(counter)s trang"
        assert translation.pgettext("naturaltime-past", "x") == "x"
        assert translation.npgettext("naturaltime-past", "%(num)d day", "%(num)d days", 2) == "%(num)d ngày"
        assert translation.gettext("Trang chủ") == "Trang chủ"


PO = """# head
msgid ""
msgstr "Language: vi\\n"

#: a.py:1 b.py:2
#, python-format
msgctxt "c"
msgid "one \\"%(n)s\\"\\n"
"more"
msgid_plural "many"
msgstr[0] "nhiều \\"%(n)s\\"\\n"
"nữa"

#, fuzzy
msgid "fuzzy"
msgstr "mờ"
msgid "next"
msgstr "kế"

#~ msgid "old"
#~ msgstr "cũ"
"""


def test_po_is_read_and_mo_is_written_as_gettext_reads_it(tmp_path):
    source = tmp_path / "django.po"
    source.write_text(PO, "utf-8")
    messages = catalogue.read_po(source)
    assert [(m.context, m.msgid, m.plural, m.text) for m in messages] == [
        ("c", 'one "%(n)s"\nmore', "many", 'nhiều "%(n)s"\nnữa'),
        (None, "fuzzy", "", ""),
        (None, "next", "", "kế"),
    ]
    assert messages[0].places == ("a.py:1", "b.py:2")
    target = tmp_path / "django.mo"
    catalogue.write_mo(messages, target, catalogue.PLURALS["vi"])
    with target.open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("next") == "kế"
    assert read.gettext("fuzzy") == "fuzzy"
    assert read.npgettext("c", 'one "%(n)s"\nmore', "many", 5) == 'nhiều "%(n)s"\nnữa'
    again = tmp_path / "again.po"
    again.write_text("\n".join(catalogue.entry(m, m.places) for m in messages), "utf-8")
    assert catalogue.read_po(again) == messages


def test_a_broken_po_is_named(tmp_path):
    (tmp_path / "vi" / "LC_MESSAGES").mkdir(parents=True)
    source = tmp_path / "vi" / "LC_MESSAGES" / "django.po"
    source.write_text('msgid "a"\nnonsense\n', "utf-8")
    with pytest.raises(ValueError, match=r"django\.po:2"):
        catalogue.read_po(source)
    with override_settings(LOCALE_PATHS=[tmp_path]):
        catalogue.compile_at_start()  # a broken catalogue keeps nobody from starting
        source.write_text('msgid "a"\nmsgstr "b"\n', "utf-8")
        assert catalogue.compile_all() == [source.with_suffix(".mo")]
        assert catalogue.compile_all() == []


def test_our_own_strings_are_found(tmp_path):
    package = tmp_path / "loa"
    (package / "templates").mkdir(parents=True)
    (package / "a.py").write_text(
        'x = _("Một")\ny = ngettext("hai", "nhiều hai", n)\nz = pgettext("c", "ba")\n_(name)\n'
    )
    (package / "templates" / "b.html").write_text(
        "{% load i18n %}{% translate \"Bốn\" %} {% translate 'Một' %}\n"
        "{% blocktranslate count n=n %}Năm {{ n }}{% plural %}Nhiều {{ n }}{% endblocktranslate %}"
        '{% blocktranslate trimmed %}\n Sáu\n bảy\n{% endblocktranslate %}{% translate "tám" context "c" %}'
    )
    found = catalogue.own_messages(package)
    assert set(found) == {
        (None, "Một"), (None, "hai"), ("c", "ba"), (None, "Bốn"), (None, "Năm %(n)s"), (None, "Sáu bảy"),
        ("c", "tám"),
    }  # fmt: skip
    assert found[None, "Một"][1] == ["loa/a.py", "loa/templates/b.html"]
    assert found[None, "Năm %(n)s"][0].plural == "Nhiều %(n)s"
