"""Member sites: one row a site, never a program a site."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.org.models import Unit


class MemberSite(models.Model):
    """The public site of a unit: the Sở's portal (the one `is_main`) or a school's member site."""

    class Palette(models.TextChoices):
        INK = "ink", _("Mực tím")
        BOARD = "board", _("Bảng xanh")
        FLAME = "flame", _("Hoa phượng")
        SKY = "sky", _("Trời thu")
        EARTH = "earth", _("Đất đỏ")
        RIVER = "river", _("Dòng sông")

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="site")
    #: path under the main portal: /truong/<slug>/
    slug = models.SlugField(max_length=80, unique=True)
    #: own host name, when it has one
    host = models.CharField(_("Tên miền"), max_length=200, unique=True, null=True, blank=True)
    is_main = models.BooleanField(default=False)
    name = models.CharField(_("Tên trang"), max_length=200)
    intro = models.TextField(_("Giới thiệu"), blank=True)
    palette = models.CharField(_("Màu"), max_length=10, choices=Palette.choices, default=Palette.INK)
    #: key of a drawn emblem, or letters
    emblem = models.CharField(max_length=40, blank=True)
    #: responsible person by title, contacts shown in the footer (official ones only)
    responsible = models.CharField(_("Chịu trách nhiệm nội dung"), max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_main"], condition=models.Q(is_main=True), name="portal_one_main")
        ]

    def __str__(self) -> str:
        return self.name
