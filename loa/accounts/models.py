"""People who can log in, and what they are told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.lib.vi import fold, person_key


class User(AbstractUser):
    """A person with a log-in. What they may do comes from memberships (org), never from groups."""

    full_name = models.CharField(_("Họ và tên"), max_length=120)
    phone = models.CharField(_("Điện thoại công vụ"), max_length=20, blank=True)
    must_change_password = models.BooleanField(_("Phải đổi mật khẩu"), default=False)
    #: a one-time password works until then
    one_time_until = models.DateTimeField(null=True, blank=True)
    #: whether the password has the length asked of staff without a second factor (LOA_STAFF_PASSWORD_LENGTH)
    long_password = models.BooleanField(default=False)
    #: why the account is closed: "idle", or what the administrator wrote
    disabled_reason = models.CharField(max_length=200, blank=True)
    #: opened again then; idleness is counted from here on
    enabled_at = models.DateTimeField(null=True, blank=True)
    #: when the link that is good for choosing a first password was sent (loa.accounts.invitations); None: none is
    invited_at = models.DateTimeField(null=True, blank=True)
    #: `invited_at` of the invitation whose letter could not be sent; says nothing of another invitation
    unsent_at = models.DateTimeField(null=True, blank=True)
    #: what people are found by without accents, and their place in a list (given name first); kept by `save`
    folded = models.CharField(max_length=600, blank=True, editable=False)
    sort_key = models.CharField(max_length=600, blank=True, editable=False, db_index=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("tài khoản")  # type: ignore[assignment]
        verbose_name_plural = _("tài khoản")  # type: ignore[assignment]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~models.Q(email=""), name="accounts_user_email_once"
            ),
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_once"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def renew_keys(self) -> None:
        """Make the keys of search and order anew; to be called before rows are created in bulk."""
        said = (self.full_name, self.username, self.email, self.phone)
        self.folded = fold(" | ".join(text for text in said if text))[:600]
        self.sort_key = person_key(self.full_name or self.username)[:600]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.renew_keys()
        fields = kwargs.get("update_fields")
        if fields is not None and {"full_name", "username", "email", "phone"} & set(fields):
            kwargs["update_fields"] = {*fields, "folded", "sort_key"}
        super().save(*args, **kwargs)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.long_password = len(raw_password or "") >= settings.LOA_STAFF_PASSWORD_LENGTH

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


class LoginSession(models.Model):
    """One device on which a person is logged in: what their own page lists, and lets them end."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="login_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField(default=clock.now)
    #: at most SEEN_EVERY old (loa.accounts.sessions), to spare a write on every request
    seen_at = models.DateTimeField(default=clock.now)
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["-seen_at"]
        indexes = [models.Index(fields=["user", "-seen_at"])]

    def __str__(self) -> str:
        return f"{self.user} · {self.agent[:40]}"
