"""Forms: label, help, error summary linked to the fields."""

from __future__ import annotations

from django import forms

from loa.core.errors import InvalidInput
from loa.core.forms import DateInput, add_error


class Sample(forms.Form):
    name = forms.CharField(label="Tên bài", help_text="Ngắn, rõ việc")
    due = forms.DateField(label="Hạn", required=False, widget=DateInput)
    agree = forms.BooleanField(label="Đã có đồng ý")
    kind = forms.ChoiceField(label="Loại", choices=[("a", "Tin"), ("b", "Bài")], widget=forms.RadioSelect)


def test_summary_links_each_error_to_its_field():
    html = str(Sample({"due": "không phải ngày"}))
    assert 'class="summary-err"' in html
    assert 'href="#id_name"' in html
    assert 'href="#id_due"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html


def test_no_summary_on_a_fresh_form_and_marks_of_what_is_asked():
    html = str(Sample())
    assert "summary-err" not in html
    assert html.count("(không bắt buộc)") == 1
    assert 'type="date"' in html
    assert "<legend>Loại" in html
    assert "style=" not in html


def test_a_refusal_of_a_service_shows_at_its_field():
    form = Sample({"name": "x", "agree": "on", "kind": "a"})
    add_error(form, InvalidInput("Tên bài dài quá.", field="name"))
    add_error(form, InvalidInput("Kỳ đã khóa.", field="period"))
    html = str(form)
    assert "Tên bài: Tên bài dài quá." in html
    assert "<li>Kỳ đã khóa.</li>" in html
