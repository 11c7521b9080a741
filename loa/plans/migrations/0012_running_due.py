"""A version that took over inside a period remembers by when that period was due until then."""

import datetime as dt

from django.db import migrations, models

from loa.lib.calendar import periods_between


def _due(period, due_day):
    if due_day is None:
        return period.end
    if due_day < 0:
        return period.end - dt.timedelta(days=due_day)
    if period.kind == "week":
        return period.start + dt.timedelta(days=min(due_day, 7) - 1)
    return period.end.replace(day=min(due_day, period.end.day))


def remember(apps, schema_editor):
    """Oldest first: what a version keeps may have come down to it from the one before."""
    directives = apps.get_model("plans", "Directive").objects
    rows = directives.filter(supersedes__isnull=False, valid_from__isnull=False).exclude(period="")
    for row in rows.select_related("supersedes").order_by("valid_from", "pk").iterator():
        former = directives.get(pk=row.supersedes_id)
        if former.period != row.period:
            continue
        for period in periods_between(row.valid_from, row.valid_from, row.period):
            if period.start >= row.valid_from:
                continue
            due, held, since = _due(period, former.due_day), former.running_due, former.valid_from
            if held is not None and period.start < since and min(held, due) < since:
                due = held
            directives.filter(pk=row.pk).update(running_due=due)


class Migration(migrations.Migration):
    dependencies = [("plans", "0011_weekday_of_a_week")]

    operations = [
        migrations.AddField(
            model_name="directive", name="running_due", field=models.DateField(blank=True, null=True)
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
