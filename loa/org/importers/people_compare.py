"""What a table of people would do: each line against accounts, roles and the other lines.

Nothing is told of people outside the importer's care: an address that is theirs is refused without a name. A fixed
number of queries, however many lines (one more per 5,000).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from loa.accounts.contact import checked_email, checked_name, checked_phone
from loa.accounts.models import User
from loa.core import clock
from loa.core.errors import InvalidInput
from loa.lib.vi import clean, fold
from loa.org import access
from loa.org.guards import STAFF
from loa.org.importers import people_values as values_of
from loa.org.importers.places import Place, places
from loa.org.importers.read import parse_date
from loa.org.models import ROLE_LABELS, Membership, Unit
from loa.org.rules import Role
from loa.org.services.members import another_admin, held_until
from loa.org.services.versions import vn

#: what a line does: a new account, a role for a known person, the end of one, a title, nothing, a unit is to be
#: chosen, wrong
NEW, ADD, END, TITLE, SAME, CHOOSE, BAD = "new", "add", "end", "title", "same", "choose", "bad"
DEEDS = (BAD, CHOOSE, NEW, ADD, END, TITLE, SAME)
WRITTEN = frozenset({NEW, ADD, END, TITLE})
_CHUNK = 5_000


@dataclass
class Part:
    """One role of a line: given (`held` None), or held already, perhaps with another title or to be ended."""

    role: Role
    held: Membership | None = None
    new_title: bool = False
    #: first day without the role, when the line ends it
    ends: dt.date | None = None

    @property
    def label(self) -> str:
        return str(ROLE_LABELS[self.role])


@dataclass
class Step:
    """What one line would do. A line with `errors` is not written."""

    line: int
    values: dict[str, str]
    deed: str = BAD
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    full_name: str = ""
    email: str = ""
    phone: str = ""
    title: str = ""
    decision: str = ""
    since: dt.date | None = None
    #: first day without the roles
    until: dt.date | None = None
    roles: list[Role] = field(default_factory=list)
    place: Place = field(default_factory=Place)
    parts: list[Part] = field(default_factory=list)
    #: the account that is there already, when it may be shown
    user: User | None = None
    #: who it is within this table: the same for every line of one person
    who: str = ""

    @property
    def unit(self) -> Unit | None:
        return self.place.unit

    @property
    def only_ends(self) -> bool:
        """Whether the line tells when roles end and not when they begin: then it gives none."""
        return self.until is not None and not self.values.get("since")

    @property
    def said_unit(self) -> str:
        """The unit as the file has it."""
        return self.values.get("unit") or self.values.get("unit_code", "")


@dataclass
class Comparison:
    """All steps, in the order of the file, with their counts."""

    steps: list[Step]

    @property
    def counts(self) -> dict[str, int]:
        """Deed → how many lines."""
        found = Counter(step.deed for step in self.steps)
        return {deed: found[deed] for deed in DEEDS}

    @property
    def to_write(self) -> int:
        """How many lines would change something."""
        return sum(1 for step in self.steps if step.deed in WRITTEN)

    def open_choices(self) -> list[tuple[Step, int]]:
        """Each name of a unit that must be chosen, with its first line and how many lines bear it."""
        first: dict[str, Step] = {}
        count: Counter[str] = Counter()
        for step in self.steps:
            if step.place.key and step.place.unit is None and not step.place.error:
                first.setdefault(step.place.key, step)
                count[step.place.key] += 1
        return [(step, count[key]) for key, step in first.items()]


def compare(
    rows: list[dict[str, Any]],
    *,
    top: Unit,
    on: dt.date,
    actor: Any,
    choices: Mapping[str, int],
    decision: str = "",
) -> Comparison:
    """What the lines would do below `top` for `actor` (None: the system), roles beginning `on` where no day is
    given."""
    steps = [
        Step(
            row["line"],
            row["values"],
            errors=list(row.get("errors", [])),
            warnings=list(row.get("warnings", [])),
        )
        for row in rows
    ]
    known = places(top, clock.today(), choices)
    for step in steps:
        _read(step, on, decision)
        found = known.find(
            step.values.get("unit_code", ""), step.values.get("unit", ""), step.values.get("commune", "")
        )
        step.place = found
        if found.error:
            step.errors.append(found.error)
        if found.warning:
            step.warnings.append(found.warning)
        if found.unit is not None and step.since is not None and not step.only_ends:
            try:
                held_until(found.unit, step.since, step.until)
            except InvalidInput as error:
                step.errors.append(str(error.message))
    people = _People(steps, actor)
    for step in steps:
        people.recognise(step)
    seen: dict[tuple[str, int, Role], int] = {}
    made: set[str] = set()
    for step in steps:
        _decide(step, people, seen, made)
    return Comparison(steps)


def _read(step: Step, on: dt.date, decision: str) -> None:
    """Values of the cells, each wrong one with what to do."""
    values, errors = step.values, step.errors
    try:
        step.full_name = checked_name(values.get("full_name", ""))
    except InvalidInput as error:
        errors.append(str(error.message))
    if step.full_name and (not step.full_name[0].isalpha() or any(sign.isdigit() for sign in step.full_name)):
        errors.append(_("Họ và tên chỉ gồm chữ. Hãy xem lại ô này."))
    elif values_of.odd_case(step.full_name):
        step.warnings.append(
            _("Chữ hoa, chữ thường trong tên hơi lạ; Loa giữ như trong tệp. Trên giấy tờ thường là “%(name)s”.")
            % {"name": values_of.tidy_case(step.full_name)}
        )
    try:
        step.email = checked_email(values.get("email", ""))
    except InvalidInput as error:
        errors.append(str(error.message))
    if host := values_of.likely_host(step.email):
        step.warnings.append(_("Có phải là %(host)s không? Thư mời sẽ gửi về địa chỉ này.") % {"host": host})
    phone, mended = values_of.whole_number(values.get("phone", ""))
    try:
        step.phone = checked_phone(phone)
    except InvalidInput as error:
        errors.append(str(error.message))
    if mended:
        step.warnings.append(_("Số điện thoại mất số 0 ở đầu, đã thêm lại."))
    step.roles, unknown = values_of.roles_in(values.get("role", ""))
    if unknown:
        errors.append(
            _("Không có vai trò “%(role)s”. Chọn trong: %(all)s.")
            % {"role": unknown[0], "all": ", ".join(str(label) for label in ROLE_LABELS.values())}
        )
    elif not step.roles:
        errors.append(_("Thiếu vai trò. Xem trang “Vai trò” trong tệp mẫu."))
    step.since = _day(values["since"], on, errors) if values.get("since") else on
    step.until = _day(values["until"], on, errors) if values.get("until") else None
    strong = [str(ROLE_LABELS[role]) for role in step.roles if role in STAFF]
    if strong and not step.only_ends:
        step.warnings.append(_("Vai trò có quyền lớn: %(roles)s. Hãy xem kỹ.") % {"roles": ", ".join(strong)})
    step.title = clean(values.get("title", ""))
    if len(step.title) > 120:
        errors.append(_("Chức danh dài quá 120 ký tự. Hãy viết gọn lại."))
    meant, unknown = values_of.roles_in(step.title)
    if set(meant) - set(step.roles) and not unknown:
        step.warnings.append(
            _("Chức danh “%(title)s” là tên một vai trò. Nếu là vai trò thứ hai, hãy ghi cùng ô “Vai trò”.")
            % {"title": step.title}
        )
    step.decision = clean(values.get("decision", "") or decision)[:120]


def _day(text: str, on: dt.date, errors: list[str]) -> dt.date | None:
    day = parse_date(text)
    if day is None or not 1945 <= day.year <= on.year + 10:
        errors.append(_("Ngày “%(day)s” không đúng. Ghi dạng 01/09/2026.") % {"day": text})
        return None
    return day


def _chunks(found: Collection[Any]) -> Iterator[list[Any]]:
    listed = sorted(found)
    for at in range(0, len(listed), _CHUNK):
        yield listed[at : at + _CHUNK]


class _People:
    """Who the lines speak of: accounts by address, by name and telephone, by name and unit; roles they hold."""

    def __init__(self, steps: list[Step], actor: Any) -> None:
        today = clock.today()
        still = Q(valid_to=None) | Q(valid_to__gt=today)
        managed = None
        if actor is not None:
            managed = set(access.units_where(actor, "member.manage").values_list("pk", flat=True))
        self.by_email: dict[str, User] = {}
        for emails in _chunks({step.email for step in steps if step.email}):
            found = User.objects.annotate(low=Lower("email")).filter(low__in=emails)
            self.by_email.update((user.email.lower(), user) for user in found)
        #: (user, unit, role) → the role held now or to come
        self.held: dict[tuple[int, int, str], Membership] = {}
        #: (user, unit, role) → the roles that are over, of those the days of the lines may touch
        self.over: dict[tuple[int, int, str], list[Membership]] = defaultdict(list)
        first = min((step.since for step in steps if step.since is not None), default=today)
        touched = Q(valid_to__gt=first) | Q(valid_to__in={step.until for step in steps if step.until is not None})
        #: roles of administrators that the lines so far end
        self.leaving: set[int] = set()
        self.actor = actor
        self.at_unit: dict[tuple[str, int], list[User]] = defaultdict(list)
        for units in _chunks({step.unit.pk for step in steps if step.unit is not None}):
            for row in (
                Membership.objects.filter(still, unit__in=units).select_related("user").order_by("valid_from")
            ):
                self.held.setdefault((row.user_id, row.unit_id, row.role), row)
                same = self.at_unit[fold(row.user.full_name), row.unit_id]
                if all(user.pk != row.user_id for user in same):
                    same.append(row.user)
            for row in Membership.objects.filter(touched, unit__in=units, valid_to__lte=today).order_by(
                "valid_to"
            ):
                self.over[row.user_id, row.unit_id, row.role].append(row)
        self.by_phone: dict[tuple[str, str], list[User]] = defaultdict(list)
        for phones in _chunks({step.phone for step in steps if step.phone and not step.email}):
            for user in User.objects.filter(phone__in=phones):
                self.by_phone[fold(user.full_name), user.phone].append(user)
        unsure = [*self.by_email.values(), *(user for users in self.by_phone.values() for user in users)]
        self.visible = _visible({user.pk for user in unsure}, managed, still)
        #: what lines before said: address, name and telephone, name and unit → person of the table
        self._said: dict[tuple[Any, ...], Step] = {}

    def recognise(self, step: Step) -> None:
        """Set `user` and `who` of a step, or say why it cannot be told."""
        if not step.full_name or step.unit is None:
            step.who = f"line:{step.line}"
            if step.email:
                step.who = f"email:{step.email}"
            return
        name, unit = fold(step.full_name), step.unit.pk
        if step.email:
            self._by_address(step, name)
        else:
            self._by_name(step, name, unit)
        if not step.who:
            step.who = f"email:{step.email}" if step.email else f"line:{step.line}"
        if not step.errors:
            self._said.setdefault(("email", step.email), step) if step.email else None
            self._said.setdefault(("phone", name, step.phone), step) if step.phone else None
            self._said.setdefault(("unit", name, unit), step)

    def _by_address(self, step: Step, name: str) -> None:
        step.who = f"email:{step.email}"
        user = self.by_email.get(step.email)
        earlier = self._said.get(("email", step.email))
        if earlier is not None and fold(earlier.full_name) != name:
            step.errors.append(
                _("Địa chỉ thư này ở dòng %(line)d là của %(who)s. Mỗi người một địa chỉ; chưa có thì để trống.")
                % {"line": earlier.line, "who": earlier.full_name}
            )
            return
        if user is None:
            others = [one.username for one in self.at_unit.get((name, step.unit.pk if step.unit else 0), [])]
            if others:
                step.warnings.append(
                    _(
                        "Ở đơn vị này đã có người cùng tên (%(names)s) với địa chỉ thư khác. Nếu là một người, "
                        "hãy xem lại."
                    )
                    % {"names": ", ".join(others)}
                )
            return
        if user.pk not in self.visible:
            step.errors.append(
                _(
                    "Địa chỉ thư này đã có tài khoản ngoài phạm vi quản trị của bạn. Hãy hỏi lại người đó, hoặc "
                    "nhờ quản trị cấp trên."
                )
            )
            return
        self._known(step, user, name)

    def _by_name(self, step: Step, name: str, unit: int) -> None:
        found = [user for user in self.by_phone.get((name, step.phone), []) if user.pk in self.visible]
        if not found:
            found = [
                user
                for user in self.at_unit.get((name, unit), [])
                if not (user.phone and step.phone and user.phone != step.phone)
            ]
        if len(found) > 1:
            step.errors.append(
                _("Có %(count)d người cùng tên ở đơn vị này. Hãy ghi địa chỉ thư để Loa biết là ai.")
                % {"count": len(found)}
            )
            return
        if found:
            self._known(step, found[0], name)
            if not step.phone or found[0].phone != step.phone:
                step.warnings.append(
                    _("Coi là %(name)s đang có ở đơn vị. Nếu là người khác, hãy ghi địa chỉ thư hoặc điện thoại.")
                    % {"name": found[0].username}
                )
            return
        earlier = self._said.get(("phone", name, step.phone)) if step.phone else None
        if earlier is None:
            earlier = self._said.get(("unit", name, unit))
            if earlier is not None and earlier.phone and step.phone and earlier.phone != step.phone:
                earlier = None
        if earlier is not None:
            step.who, step.user = earlier.who, earlier.user
            step.warnings.append(_("Coi là cùng người ở dòng %(line)d.") % {"line": earlier.line})

    def _known(self, step: Step, user: User, name: str) -> None:
        step.who = f"user:{user.pk}"
        if fold(user.full_name) != name:
            step.errors.append(
                _("Địa chỉ thư này là của tài khoản “%(who)s”. Nếu đúng người, hãy ghi tên như trong Loa.")
                % {"who": user.full_name}
            )
            return
        if not user.is_active and step.until is None:
            step.errors.append(_locked(user))
            return
        step.user = user
        if user.full_name != step.full_name:
            step.warnings.append(_("Trong Loa ghi là “%(name)s”; tên không đổi.") % {"name": user.full_name})
        if step.phone and user.phone and step.phone != user.phone:
            step.warnings.append(_("Số điện thoại trong Loa khác số này; Loa giữ nguyên, người dùng tự đổi được."))


def _visible(people: Collection[int], managed: set[int] | None, still: Q) -> set[int]:
    """Of these people those who work, or worked last, in a unit of the importer's care."""
    if managed is None:
        return set(people)
    now: dict[int, bool] = {}
    last: dict[int, int] = {}
    for ids in _chunks(people):
        for user, unit in Membership.objects.filter(still, user__in=ids).values_list("user", "unit"):
            now[user] = now.get(user, False) or unit in managed
        past = Membership.objects.exclude(still).filter(user__in=ids).order_by("valid_to")
        last.update(past.values_list("user", "unit"))
    return {pk for pk in people if now.get(pk, pk not in now and last.get(pk) in managed)}


def _decide(step: Step, people: _People, seen: dict[tuple[str, int, Role], int], made: set[str]) -> None:
    if step.errors:
        step.deed = BAD
        return
    if step.unit is None:
        step.deed = CHOOSE
        return
    remarks: list[str] = []
    for role in step.roles:
        key = (step.who, step.unit.pk, role)
        if key in seen:
            step.errors.append(
                _("Trùng với dòng %(line)d: cùng người, đơn vị và vai trò. Hãy bỏ một dòng.") % {"line": seen[key]}
            )
            break
        seen[key] = step.line
        step.parts.append(_part(step, step.unit, role, people, remarks))
    gives = any(part.held is None for part in step.parts)
    if gives and step.user is not None and not step.user.is_active:
        step.errors.append(_locked(step.user))
    if step.errors:
        step.deed, step.parts = BAD, []
        return
    if step.user is None and step.who not in made:
        made.add(step.who)
        step.deed = NEW
    elif gives:
        step.deed = ADD
    elif any(part.ends for part in step.parts):
        step.deed = END
    else:
        step.deed = TITLE if any(part.new_title for part in step.parts) else SAME
    # What changes nothing needs no second look, but for a day that was asked and is not taken.
    step.warnings = remarks if step.deed == SAME else step.warnings + remarks


def _part(step: Step, unit: Unit, role: Role, people: _People, remarks: list[str]) -> Part:
    """What a line does with one of its roles; what cannot be is added to its errors, what is odd to `remarks`."""
    key = (step.user.pk, unit.pk, role) if step.user else None
    held = people.held.get(key) if key else None
    if held is None:
        return _not_held(step, unit, role, people.over[key] if key else [])
    part = Part(role, held, new_title=bool(step.title and held.title != step.title))
    if step.values.get("since") and held.valid_from != step.since:
        remarks.append(
            _("%(role)s: đã giữ từ %(day)s; ngày không đổi.") % {"role": part.label, "day": vn(held.valid_from)}
        )
    if step.until is None or step.until == held.valid_to:
        return part
    if held.valid_to is not None and held.valid_to < step.until:
        step.errors.append(
            _("%(role)s: đã ghi là thôi từ %(day)s. Muốn giữ lâu hơn, hãy giao lại vai trò ở trang đơn vị.")
            % {"role": part.label, "day": vn(held.valid_to)}
        )
    elif role == Role.ADMIN and (refusal := _indispensable(held, unit, step.until, people)):
        step.errors.append(refusal)
    else:
        part.ends = step.until
        if step.until <= held.valid_from:
            remarks.append(
                _("%(role)s: bắt đầu từ %(day)s, không sớm hơn ngày thôi, nên được rút lại.")
                % {"role": part.label, "day": vn(held.valid_from)}
            )
    return part


def _not_held(step: Step, unit: Unit, role: Role, over: list[Membership]) -> Part:
    """The part for a role that is not held now: given, unless it ended before just as the line says."""
    part = Part(role)
    if step.until is not None:
        part.held = next((row for row in over if row.valid_to == step.until), None)
        if part.held is None and (step.only_ends or step.until <= clock.today()):
            step.errors.append(
                _("%(role)s: người này không giữ vai trò đó ở %(unit)s nên không có gì để kết thúc.")
                % {"role": part.label, "unit": unit.name}
            )
            return part
    last = over[-1].valid_to if over else None
    if part.held is None and last is not None and step.since is not None and step.since < last:
        step.errors.append(
            _("%(role)s: đã giữ và thôi từ %(day)s. Nếu giao lại, hãy ghi “Từ ngày” không sớm hơn ngày đó.")
            % {"role": part.label, "day": vn(last)}
        )
    return part


def _indispensable(held: Membership, unit: Unit, on: dt.date, people: _People) -> str:
    """Why an administrator's role cannot be ended by a table; "" when it can, and then it is counted as ended."""
    if people.actor is not None and held.user_id == people.actor.pk:
        return _("Đây là vai trò quản trị của chính bạn. Hãy kết thúc ở trang đơn vị, sau khi ghi xong tệp này.")
    if not another_admin(held, on, people.leaving):
        return _("Đây là quản trị cuối cùng của %(unit)s. Hãy giao quản trị cho người khác trước.") % {
            "unit": unit.name
        }
    people.leaving.add(held.pk)
    return ""


def _locked(user: User) -> str:
    return _("Tài khoản %(name)s đang khoá. Hãy mở lại ở trang “Tài khoản” rồi nhập lại dòng này.") % {
        "name": user.username
    }


def wrong(steps: Iterable[Step]) -> Iterator[tuple[dict[str, str], str]]:
    """Lines that are not written, with what to do, for the file to mend."""
    for step in steps:
        if step.deed == BAD:
            yield step.values, " ".join(step.errors)
        elif step.deed == CHOOSE:
            names = "; ".join(
                f"{unit.name} ({unit.code})" if unit.code else unit.name for unit in step.place.offered
            )
            yield step.values, _("Chọn đơn vị: %(names)s") % {"names": names}
