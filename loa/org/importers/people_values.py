"""What stands in the cells of a table of people: names, roles, numbers. Pure: no database."""

from __future__ import annotations

import re

from loa.lib.vi import clean, fold
from loa.org.models import ROLE_LABELS
from loa.org.rules import Role

#: how a role may be written, folded, besides its label
_ROLE_WORDS: dict[Role, tuple[str, ...]] = {
    Role.CONTRIBUTOR: ("ctv", "cong tac vien truyen thong", "nguoi viet bai"),
    Role.FOCAL: ("dau moi", "can bo dau moi", "dau moi tt", "phu trach truyen thong"),
    Role.UNIT_LEAD: ("thu truong", "thu truong don vi", "nguoi dung dau", "lanh dao don vi"),
    Role.EDITOR: ("btv", "bien tap", "ban bien tap"),
    Role.CHIEF_EDITOR: ("truong ban bien tap", "truong bbt", "tong bien tap"),
    Role.SPOKESPERSON: ("phat ngon",),
    Role.LEADER: ("lanh dao so", "lanh dao cap tren"),
    Role.ADMIN: ("quan tri vien", "quan tri he thong", "admin"),
    Role.INSPECTOR: ("thanh tra vien",),
}
_ROLES = {fold(str(label)): role for role, label in ROLE_LABELS.items()} | {
    word: role for role, words in _ROLE_WORDS.items() for word in words
}
#: hosts of post that are written wrongly again and again
_TYPOS = {
    "gmail.con": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gmial.com": "gmail.com",
    "gmail.com.vn": "gmail.com",
    "yahoo.con": "yahoo.com",
    "yaho.com": "yahoo.com",
    "outlok.com": "outlook.com",
    "hotmail.con": "hotmail.com",
}
_COMMUNE = re.compile(r"^(?:ubnd |uy ban nhan dan )?(?:xa|phuong|thi tran|dac khu|x|p|tt)[ .]+(?=\w)")


def roles_in(text: str) -> tuple[list[Role], list[str]]:
    """Roles of a cell ("Cộng tác viên; Trưởng đơn vị") in order, each once, and what is no role.

    >>> roles_in("Biên tập viên; btv; Hiệu phó")
    ([<Role.EDITOR: 'editor'>], ['Hiệu phó'])
    """
    found: list[Role] = []
    unknown: list[str] = []
    for part in (clean(piece) for piece in re.split(r"[;,+\n]", text)):
        if not part:
            continue
        role = _ROLES.get(" ".join(re.findall(r"[a-z0-9]+", fold(part))))
        if role is None:
            unknown.append(part)
        elif role not in found:
            found.append(role)
    return found, unknown


def rejoin_roles(cells: list[str], at: int, width: int) -> list[str]:
    """The cells of a line of a .csv, its roles in one (the `at`-th) that had the file's separator between them.
    Only what makes the line longer than its headings (`width`) is taken, and only roles.

    >>> rejoin_roles(["Mến", "CTV", " Đầu mối", "Giáo viên"], 1, 3)
    ['Mến', 'CTV; Đầu mối', 'Giáo viên']
    """
    end = at + 1
    for cell in cells[end : end + len(cells) - width]:
        found, unknown = roles_in(cell)
        if unknown or not found:
            break
        end += 1
    return [*cells[:at], "; ".join(map(clean, cells[at:end])), *cells[end:]]


def odd_case(name: str) -> bool:
    """Whether capitals of a name are not where papers have them: each word begins with one, no other letter is.

    >>> [odd_case(name) for name in ("Lò Thị Ánh", "LÒ THỊ ÁNH", "Lò thị Ánh", "H'Hen Niê", "Y-Bham")]
    [False, True, True, False, False]
    """
    pieces = [piece for piece in re.split(r"[\s'’ʼ.\-–]+", name) if piece and piece[0].isalpha()]
    return any(piece != piece[0].upper() + piece[1:].lower() for piece in pieces)


def tidy_case(name: str) -> str:
    """The name with its capitals where papers have them, as a suggestion."""
    return re.sub(
        r"[^\W\d_]+", lambda found: found[0][0].upper() + found[0][1:].lower(), clean(name), flags=re.UNICODE
    )


def whole_number(text: str) -> tuple[str, bool]:
    """A telephone number whose leading nought a spreadsheet took for nothing; and whether it was put back.

    >>> whole_number("912345678"), whole_number("0912 345 678")
    (('0912345678', True), ('0912 345 678', False))
    """
    digits = re.sub(r"[\s.()-]", "", text)
    if re.fullmatch(r"[235789][0-9]{8}", digits):
        return "0" + digits, True
    return text, False


def likely_host(email: str) -> str:
    """The host somebody meant when the one they wrote is a well-known slip; "" when nothing is odd."""
    return _TYPOS.get(email.rpartition("@")[2], "")


def commune_key(text: str) -> str:
    """What tells one commune from another: "Xã Mường Sai", "UBND xã Mường Sai", "x. mường sai" → "muong sai"."""
    folded = " ".join(fold(clean(text)).split())
    return _COMMUNE.sub("", folded) or folded
