"""Reads of the inbox, of rulings and scenarios, scoped by unit; a constant number of queries however many rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from loa.channels.inbound import door
from loa.channels.inbound.rules import Kept
from loa.channels.kinds import kinds
from loa.channels.models import ChannelAccount
from loa.channels.rules import fitted
from loa.core import clock
from loa.core.desk import Decision, Line, Link
from loa.feedback import access
from loa.feedback.models import Canned, Draft, Ground, Remark, Ruling, Scenario, Tag, Thread
from loa.feedback.models.moderation import KLASS_LABELS
from loa.feedback.rules import GONE, REACHED, UNDONE, Deed, Klass, Seen, Side, Stage, State, What, removable
from loa.org import access as rights

#: what stands in a law's place, where its text was not at hand to make rules of: to be looked up by people
SUCCESSORS = {"Luật Công nghệ thông tin 67/2006/QH11": "Điều 4 Luật Chuyển đổi số 148/2025/QH15"}
#: a draft touched within so long is somebody writing now
WRITING = dt.timedelta(minutes=2)


@dataclass(frozen=True)
class InboxFilter:
    """What of the inbox is wanted. `mine`: only what is given to the person."""

    state: str = State.OPEN
    account: int | None = None
    tag: int | None = None
    mine: bool = False
    late: bool = False
    words: str = ""

    @classmethod
    def from_params(cls, params: Any) -> InboxFilter:
        """Read from an address; anything odd is left out."""

        def number(name: str) -> int | None:
            given = params.get(name, "")
            return int(given) if given.isascii() and given.isdigit() and len(given) < 12 else None

        state = params.get("muc", State.OPEN)
        return cls(
            state=state if state in set(State) else State.OPEN,
            account=number("kenh"),
            tag=number("nhan"),
            mine=params.get("cua-toi") == "1",
            late=params.get("qua-han") == "1",
            words=params.get("q", "").strip()[:80],
        )


def inbox(user: Any, wanted: InboxFilter) -> QuerySet[Thread]:
    """Threads of one state, what is due first on top; done ones newest first."""
    rows = _narrow(access.threads_for(user), user, wanted).filter(state=wanted.state)
    if wanted.late:
        rows = rows.filter(due_at__lt=clock.now())
    rows = rows.select_related("account", "unit", "assigned", "speaker").prefetch_related("tags")
    rows = rows.annotate(held=Exists(held_of(OuterRef("pk"))))
    if wanted.state in (State.OPEN, State.ELSEWHERE):
        return rows.order_by(F("due_at").asc(nulls_last=True), "-last_at", "pk")
    return rows.order_by("-last_at", "pk")


def held_of(thread: Any) -> QuerySet[Remark]:
    """What people said in a thread that waits to be read before it is shown."""
    return Remark.objects.filter(thread=thread, side=Side.IN, seen=Seen.WAITING)


def _narrow(rows: QuerySet[Thread], user: Any, wanted: InboxFilter) -> QuerySet[Thread]:
    if wanted.account:
        rows = rows.filter(account=wanted.account)
    if wanted.tag:
        rows = rows.filter(tags=wanted.tag)
    if wanted.mine:
        rows = rows.filter(assigned=user)
    if wanted.words:
        rows = rows.filter(Q(excerpt__icontains=wanted.words) | Q(title__icontains=wanted.words))
    return rows


def counts(user: Any, wanted: InboxFilter) -> dict[str, int]:
    """How many threads stand in each state, and how many are late. One query."""
    rows = _narrow(access.threads_for(user), user, wanted)
    late = Count("pk", filter=Q(state__in=(State.OPEN, State.ELSEWHERE), due_at__lt=clock.now()))
    # A thread may carry the label once only, so that the join counts right.
    parts = {state.value: Count("pk", filter=Q(state=state)) for state in State}
    return dict(rows.aggregate(late=late, **parts))


def accounts(user: Any) -> list[ChannelAccount]:
    """Pages from which something came to the person's inbox."""
    wanted = access.threads_for(user).order_by().values("account").distinct()
    return list(ChannelAccount.objects.filter(pk__in=wanted).order_by("kind", "name")[:60])


#: pages named one by one that should be heard and are not
MOST_NAMED = 3


def unheard(user: Any) -> list[tuple[str, Any]]:
    """(channel or page, where to read them) of the person's pages whose comments do not come to the inbox: the
    channel lets nobody read them, or the page lets not us. Two queries."""
    where = {code: kind.comments_at[0] for code, kind in kinds().items() if kind.comments_at}
    deaf = where.keys() - door.ways_to_comments().keys()
    units = rights.units_where(user, access.READ).values("pk")
    rows = ChannelAccount.objects.filter(unit__in=units, active=True, kind__in=where).order_by()
    silent = set(rows.filter(kind__in=deaf).values_list("kind", flat=True).distinct())
    named = rows.filter(door.UNHEARD).exclude(kind__in=deaf).order_by("kind", "name").values_list("name", "kind")
    return [
        *((f"{name} ({kinds()[kind].label})", where[kind]) for name, kind in named[:MOST_NAMED]),
        *((kinds()[code].label, where[code]) for code in where if code in silent),
    ]


#: as `channels.inbound.rules.Kept` says it
STANDING = {Seen.WAITING: "held", Seen.VISIBLE: "shown", Seen.HIDDEN: "hidden"}


def kept(account: ChannelAccount, since: dt.datetime) -> dict[str, Kept]:
    """See `channels.inbound.reading.remembered`. One query."""
    rows = Remark.objects.filter(account=account, at__gte=since, thread__what=What.COMMENT).exclude(external_id="")
    told = rows.values_list("external_id", "thread__key", "at", "changed_at", "seen", "thread__place")
    return {
        key: Kept(thread, at, changed or at, STANDING.get(Seen(seen), "gone"), place)
        for key, thread, at, changed, seen, place in told
    }


def tags(user: Any) -> list[Tag]:
    """Labels in use in the person's inbox."""
    units = rights.units_where(user, access.READ).values("pk")
    return list(Tag.objects.filter(Q(unit__in=units) | Q(threads__unit__in=units)).distinct()[:60])


def remarks_of(thread: Thread) -> list[Remark]:
    """What was said, oldest first, with how our answers left and what was decided about theirs."""
    ruled = Ruling.objects.select_related("ground", "action").order_by("-proposed_at")
    rulings = Prefetch("rulings", queryset=ruled)
    rows = Remark.objects.filter(thread=thread).select_related("action", "author", "speaker")
    return list(rows.prefetch_related(rulings).order_by("at", "pk"))


def writing_now(thread: Thread, user: Any) -> list[Draft]:
    """Drafts other people are writing at this moment."""
    fresh = clock.now() - WRITING
    rows = Draft.objects.filter(thread=thread, at__gte=fresh).exclude(user=user).select_related("user")
    return list(rows.order_by("-at"))


def draft_of(thread: Thread, user: Any) -> str:
    """The person's own unsent answer."""
    row = Draft.objects.filter(thread=thread, user=user).first()
    return row.text if row else ""


def canned_for(thread: Thread) -> list[Canned]:
    """Answers ready for this thread: of its unit and of the page's unit, most used first."""
    units = {thread.unit_id, thread.home_id}
    return list(Canned.objects.filter(unit__in=units, active=True).order_by("-uses", "title")[:40])


def canned_kept(user: Any) -> QuerySet[Canned]:
    """Ready answers of the units whose inbox the person keeps in order."""
    units = rights.units_where(user, access.MANAGE).values("pk")
    return Canned.objects.filter(unit__in=units).select_related("unit")


def may_answer_here(thread: Thread) -> list[Any]:
    """People the thread can be given to."""
    from django.contrib.auth import get_user_model

    found = rights.users_who_can(access.ANSWER, thread.unit_id)
    if thread.home_id != thread.unit_id:
        found = get_user_model().objects.filter(
            Q(pk__in=found.values("pk"))
            | Q(pk__in=rights.users_who_can(access.ANSWER, thread.home_id).values("pk"))
        )
    return list(found.order_by("full_name")[:60])


def waiting_for(user: Any) -> int:
    """How many threads wait for an answer of this person's units; kept on the user."""
    known: int | None = getattr(user, "_loa_inbox_waiting", None)
    if known is None:
        known = access.threads_for(user, access.ANSWER).filter(state=State.OPEN).count()
        user._loa_inbox_waiting = known
    return known


def decision(user: Any) -> Decision | None:
    """The inbox on a person's home, when something is late or about to be."""
    from django.urls import reverse

    if not access.may_read(user):
        return None
    now = clock.now()
    rows = access.threads_for(user, access.ANSWER).filter(state=State.OPEN)
    soon = rows.filter(due_at__lte=now + dt.timedelta(hours=6))
    count = soon.count()
    if not count:
        return None
    first = list(soon.select_related("account").order_by("due_at")[:3])
    late = any(row.due_at and row.due_at < now for row in first)
    return Decision(
        title=_("Người dân chờ trả lời"),
        count=count,
        note=_("Đã quá giờ trả lời.") if late else _("Hết giờ trong 6 giờ tới."),
        urgent=late,
        lines=[
            Line(
                title=fitted(row.excerpt, 90) or row.title,
                url=reverse("feedback:thread", args=[row.pk]),
                note=row.account.name,
                state="act" if row.due_at and row.due_at < now else "wait",
                state_text=_("Quá giờ") if row.due_at and row.due_at < now else _("Sắp hết giờ"),
            )
            for row in first
        ],
        links=[Link(_("Mở hộp thư"), reverse("feedback:inbox"))],
        call=_("Trả lời người dân"),
    )


# — rulings ——————————————————————————————————————————————————————————————————————
def rulings(user: Any, *, stage: str = "") -> QuerySet[Ruling]:
    """Rulings of the person's threads; those that wait for somebody first."""
    rows = access.rulings_for(user).select_related(
        "remark__thread__account", "remark__speaker", "ground", "proposed_by", "decided_by", "action"
    )
    if stage == "wait":
        return rows.filter(_somebody()).order_by("due_at")
    return rows.order_by("-proposed_at")


def rulings_waiting(user: Any) -> int:
    """How many rulings wait for a second or third person, or to be carried out once more."""
    return access.rulings_for(user).filter(_somebody()).count()


def _somebody() -> Q:
    """Rulings with something left for a person to do. As `rules.stuck` says it, the newest of a remark."""
    reached = Q()
    for verb, seen in REACHED.items():
        reached |= Q(action__verb=verb, remark__seen__in=seen)
    newer = Ruling.objects.filter(remark=OuterRef("remark"), pk__gt=OuterRef("pk"))
    undone = (
        Q(action__status__in=UNDONE, remark__account__active=True)
        & ~Q(action__code__in=GONE)
        & ~reached
        & ~Exists(newer)
    )
    return Q(Q(stage__in=(Stage.PROPOSED, Stage.APPEALED)) | undone)


def grounds_today() -> list[Ground]:
    """Rules of law in force today."""
    today = clock.today()
    rows = Ground.objects.filter(valid_from__lte=today)
    return list(rows.filter(Q(valid_to=None) | Q(valid_to__gt=today)).order_by("klass", "law", "code"))


def bare_classes() -> list[tuple[Any, list[str], Ground | None]]:
    """Classes for which a remark could be removed but no rule is in force today, by the rule that held last.

    (what took its place as far as we know, the classes in words, the rule or None).
    """
    today = clock.today()
    covered = {row.klass for row in grounds_today()}
    last: dict[str, Ground] = {}
    for row in Ground.objects.filter(valid_to__lte=today).order_by("valid_to"):
        last[row.klass] = row
    found: dict[str, tuple[Any, list[str], Ground | None]] = {}
    for klass in Klass:
        if removable(klass) and klass not in covered:
            old = last.get(klass)
            key = f"{old.law} {old.valid_to}" if old else ""
            found.setdefault(key, (SUCCESSORS.get(old.law, "") if old else "", [], old))[1].append(
                str(KLASS_LABELS[klass])
            )
    return list(found.values())


def grounds() -> list[Ground]:
    """All rules, with those that hold no more."""
    return list(Ground.objects.order_by("klass", "-valid_from", "code"))


@dataclass(frozen=True)
class Standing:
    """Where what somebody wrote on a page of our own stands, as its writer may know it: no names of staff."""

    seen: str
    #: why it is not shown: the class, the rule of law, the reason; empty while it is or waits
    klass: str = ""
    ground: str = ""
    reason: str = ""
    decided_at: dt.datetime | None = None
    stage: str = ""
    appeal: str = ""
    appeal_answer: str = ""

    @property
    def may_appeal(self) -> bool:
        return self.stage == Stage.CARRIED


def standing_of(account: ChannelAccount, key: str) -> Standing | None:
    """What its writer may know of a remark; None when there is none. Two queries."""
    remark = Remark.objects.filter(account=account, external_id=key).first()
    if remark is None:
        return None
    decided = (Stage.CARRIED, Stage.APPEALED, Stage.UPHELD, Stage.OVERTURNED)
    rows = Ruling.objects.select_related("ground").filter(remark=remark, stage__in=decided).exclude(deed=Deed.KEEP)
    row = rows.order_by("-proposed_at").first()
    if row is None:
        return Standing(remark.seen)
    return Standing(
        seen=remark.seen,
        klass=str(row.get_klass_display()),
        ground=f"{row.ground}: {row.ground.text}" if row.ground else "",
        reason=row.reason,
        decided_at=row.decided_at,
        stage=row.stage,
        appeal=row.appeal,
        appeal_answer=row.appeal_answer,
    )


def suggestion(remark: Remark) -> str:
    """ "act" when the word lists find insults or hate in it, for a person to look at; else empty."""
    from loa.feedback.looking import harmful

    return "act" if remark.side == Side.IN and remark.masked and harmful(remark.masked) else ""


# — scenarios ————————————————————————————————————————————————————————————————————
def scenarios(user: Any) -> list[Scenario]:
    """Scenarios the person may write."""
    rows = access.scenarios_for(user).select_related("unit", "live").prefetch_related("accounts")
    return list(rows.order_by("name")[:60])


def bot_accounts(user: Any) -> list[ChannelAccount]:
    """Accounts on which a scenario of theirs may run."""
    units = rights.units_where(user, access.MANAGE).values("pk")
    rows = ChannelAccount.objects.filter(unit__in=units, active=True, kind__in=kinds())
    return list(rows.order_by("kind", "name")[:60])
