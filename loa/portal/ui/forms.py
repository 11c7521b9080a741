"""Forms of the staff screens of sites; the services check again and have the last word."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.newsroom.models import Story
from loa.portal.models import MemberSite
from loa.portal.place import Place
from loa.portal.rules import EMBLEMS
from loa.portal.selectors.stories import at
from loa.portal.services import ABOUT

EMBLEM_LABELS = {
    "sach": _("Cuốn sách"),
    "thuyen": _("Con thuyền"),
    "nui": _("Núi và mặt trời"),
    "sao": _("Ngôi sao"),
    "sen": _("Bông sen"),
    "nang": _("Nắng trên đồi"),
}


class SiteForm(forms.Form):
    """What a unit's own people set on their site."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    palette = forms.ChoiceField(label=_("Màu"), choices=MemberSite.Palette.choices, widget=forms.RadioSelect)
    emblem = forms.ChoiceField(label=_("Biểu trưng"), required=False, widget=forms.RadioSelect)
    letters = forms.CharField(
        label=_("Chữ trên biểu trưng"),
        required=False,
        max_length=4,
        help_text=_("1 đến 4 chữ, dùng khi chọn biểu trưng bằng chữ; để trống thì lấy chữ đầu của tên."),
    )
    lead_story = forms.ChoiceField(
        label=_("Tin chính"),
        required=False,
        help_text=_("Đứng đầu trang chủ. Không chọn thì lấy tin mới nhất có ảnh."),
    )
    intro = forms.CharField(
        label=_("Giới thiệu"),
        required=False,
        max_length=ABOUT["intro"],
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("Vài đoạn về đơn vị. Một dòng trống tách hai đoạn."),
    )
    governing = forms.CharField(
        label=_("Cơ quan chủ quản"),
        required=False,
        max_length=ABOUT["governing"],
        help_text=_("Để trống thì lấy tên cơ quan cấp trên."),
    )
    responsible = forms.CharField(
        label=_("Chịu trách nhiệm nội dung"),
        required=False,
        max_length=ABOUT["responsible"],
        help_text=_("Ghi chức danh, ví dụ: Hiệu trưởng."),
    )
    address = forms.CharField(label=_("Địa chỉ"), required=False, max_length=ABOUT["address"])
    email = forms.EmailField(
        label=_("Thư điện tử"), required=False, help_text=_("Chỉ ghi hộp thư công vụ, không ghi hộp thư cá nhân.")
    )
    phone = forms.RegexField(
        r"^[0-9+(). -]{3,30}$",
        label=_("Điện thoại"),
        required=False,
        error_messages={"invalid": _("Số điện thoại chỉ gồm chữ số, dấu cách, dấu chấm, ví dụ 0238 3 123 456.")},
    )

    def __init__(self, *args: Any, site: MemberSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drawn = [(key, EMBLEM_LABELS[key]) for key in EMBLEMS]
        self.fields["emblem"].choices = [*drawn, ("", _("Chữ"))]  # type: ignore[attr-defined]
        here = Place(site=site, main=site, prefix="", on_main_host=True)
        newest = list(at(here).values_list("pk", "title")[:20])
        chosen = site.lead_story_id
        if chosen and chosen not in {pk for pk, _title in newest}:
            newest += list(Story.objects.filter(pk=chosen).values_list("pk", "title"))
        choices = [("", _("Tự chọn: tin mới nhất có ảnh")), *((str(pk), title) for pk, title in newest)]
        self.fields["lead_story"].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(site: MemberSite) -> dict[str, Any]:
        """The form as the site stands."""
        drawn = site.emblem in EMBLEMS
        return {
            "version": site.version,
            "palette": site.palette,
            "emblem": site.emblem if drawn else "",
            "letters": "" if drawn else site.emblem,
            "lead_story": str(site.lead_story_id or ""),
            **{field: getattr(site, field) for field in ABOUT},
        }

    def values(self) -> dict[str, Any]:
        """Arguments of `services.site_update`."""
        data = self.cleaned_data
        return {
            "version": data["version"],
            "palette": data["palette"],
            "emblem": data["emblem"] or data["letters"],
            "lead_story_id": int(data["lead_story"]) if data["lead_story"] else None,
            **{field: data[field] for field in ABOUT},
        }


class MoveForm(forms.Form):
    """Where a site stands; for administrators."""

    slug = forms.CharField(
        label=_("Đường dẫn"),
        max_length=80,
        help_text=_("Phần sau /truong/ của địa chỉ. Đổi rồi thì địa chỉ cũ tự chuyển người đọc sang địa chỉ mới."),
    )
    host = forms.CharField(
        label=_("Tên miền riêng"),
        required=False,
        max_length=200,
        help_text=_("Ví dụ thptbenlam.edu.vn; cần trỏ tên miền về máy chủ này trước. Không có thì để trống."),
    )
