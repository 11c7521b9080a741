"""The road of a story and its kinds. No Django here."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a story stands. Its road: viết → đơn vị duyệt → Ban Biên tập duyệt → đăng."""

    DRAFT = "draft"
    UNIT_REVIEW = "unit_review"
    RETURNED = "returned"  # sent back to the author with a reason
    BOARD_REVIEW = "board_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # was public, taken down with a reason


STAGE_MOVES = {
    Stage.DRAFT: (Stage.UNIT_REVIEW, Stage.BOARD_REVIEW),
    Stage.RETURNED: (Stage.UNIT_REVIEW, Stage.BOARD_REVIEW),
    Stage.UNIT_REVIEW: (Stage.BOARD_REVIEW, Stage.RETURNED, Stage.DRAFT),
    Stage.BOARD_REVIEW: (Stage.PUBLISHED, Stage.SCHEDULED, Stage.RETURNED, Stage.DRAFT),
    Stage.SCHEDULED: (Stage.PUBLISHED, Stage.BOARD_REVIEW),
    Stage.PUBLISHED: (Stage.WITHDRAWN,),
    Stage.WITHDRAWN: (Stage.BOARD_REVIEW,),
}


class Genre(StrEnum):
    """Kinds of stories."""

    NEWS = "news"  # tin
    ARTICLE = "article"  # bài
    FEATURE = "feature"  # phóng sự
    PHOTO = "photo"  # phóng sự ảnh
    VIDEO = "video"
    INFOGRAPHIC = "infographic"


class Consent(StrEnum):
    """Whether those in a photo agreed to its use (Luật Trẻ em 2016 Đ6 k11; Law 91/2025 Đ24)."""

    UNKNOWN = "unknown"  # not yet said: the photo is held back
    NO_PEOPLE = "no_people"  # nobody can be recognised
    PUBLIC_EVENT = "public_event"  # adults at a public event (Civil Code 2015 Đ32)
    OBTAINED = "obtained"  # consent obtained (of the child from 7 on, and of a parent)
    REFUSED = "refused"  # refused or withdrawn: never shown


PUBLISHABLE = frozenset({Consent.NO_PEOPLE, Consent.PUBLIC_EVENT, Consent.OBTAINED})
