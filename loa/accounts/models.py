"""People who can log in, and what they are told."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from loa.core import clock


class User(AbstractUser):
    """A person with a log-in. What they may do comes from memberships (org), never from groups."""

    full_name = models.CharField(_("Họ và tên"), max_length=120)
    phone = models.CharField(_("Điện thoại công vụ"), max_length=20, blank=True)
    must_change_password = models.BooleanField(_("Phải đổi mật khẩu"), default=False)

    class Meta(AbstractUser.Meta):
        verbose_name = _("tài khoản")  # type: ignore[assignment]
        verbose_name_plural = _("tài khoản")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        """The given name, by which people are called: the last word."""
        return self.full_name.split()[-1] if self.full_name else self.username

    @property
    def initials(self) -> str:
        """Letters for the avatar: family name and given name."""
        words = self.full_name.split() or [self.username]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class Notice(models.Model):
    """Something a person is told inside Loa. Words come from `code` + `data` when it is shown."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    #: id of the message in loa.core.messages, e.g. "newsroom.story.returned"
    code = models.CharField(max_length=80)
    #: same key, same cause: told once while unread, cancelled when the cause is gone
    key = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "code", "key"],
                condition=models.Q(read_at=None, cancelled_at=None) & ~models.Q(key=""),
                name="accounts_notice_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} → {self.user}"
