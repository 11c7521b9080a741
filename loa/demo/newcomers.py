"""The demo's import of people: a table of new contributors, looked at, written, and letters that invite them."""

from __future__ import annotations

import csv
import io
import random

from loa.accounts.services import mail_configured
from loa.core import clock
from loa.demo.people import Cast, a_name
from loa.lib.vi import slugify_vi
from loa.org import services
from loa.org.importers.people_read import HEADINGS
from loa.org.models import ROLE_LABELS, Unit
from loa.org.rules import Kind, Role

SCHOOLS = (Kind.MAM_NON, Kind.TIEU_HOC, Kind.THCS)


def welcome(cast: Cast, units: list[Unit], rng: random.Random) -> int:
    """Import two dozen people as the administrator would. Returns how many accounts were made."""
    admin = cast.personas["yen"]
    writer, lead = str(ROLE_LABELS[Role.CONTRIBUTOR]), str(ROLE_LABELS[Role.UNIT_LEAD])
    lines: list[list[str]] = []
    schools = [unit for unit in units if unit.kind in SCHOOLS and unit.parent is not None]
    for number, unit in enumerate(schools[:24], start=1):
        name = a_name(rng)
        email = f"{slugify_vi(name).replace('-', '.')}.{number}@songlam.example" if number % 4 else ""
        commune = unit.parent.name if unit.parent else ""
        lines.append([name, email, f"09{rng.randrange(10**8):08d}", unit.name, commune, writer, "Giáo viên", ""])
    # Somebody who has an account already: a role more, no second account.
    lines.append(
        [
            cast.personas["men"].full_name,
            cast.personas["men"].email,
            "",
            cast.school.name,
            cast.commune.name,
            f"{writer}; {ROLE_LABELS[Role.FOCAL]}",
            "Tổ trưởng chuyên môn",
            "",
        ]
    )
    # What stays to be mended: a title is no role.
    lines.append([a_name(rng), "", "", cast.school.name, cast.commune.name, "Phó Hiệu trưởng", "", ""])
    lines.append([a_name(rng), "chua.dung@", "", cast.school.name, cast.commune.name, lead, "Hiệu trưởng", ""])
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerow([*HEADINGS.values()][:8])
    table.writerows(lines)
    batch = services.people_read(
        actor=admin,
        top=cast.so,
        data=out.getvalue().encode(),
        filename="cong-tac-vien-moi.csv",
        effective_on=clock.today(),
        decision="218/QĐ-SGDĐT",
    )
    services.people_confirm(actor=admin, batch=batch)
    services.people_write(batch_id=batch.pk, actor=admin)
    if mail_configured():
        first = batch.people.exclude(user__email="").order_by("pk")[:12]
        services.people_invite(actor=admin, people=list(first.values_list("user", flat=True)))
    return batch.people.count()
