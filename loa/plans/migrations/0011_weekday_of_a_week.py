from django.db import migrations, models


def forget_days_of_the_month(apps, schema_editor):
    """A weekly duty could be given a day of the month, which no week has: it is due at the end of its week again."""
    apps.get_model("plans", "Directive").objects.filter(period="week", due_day__gt=0).update(due_day=None)


class Migration(migrations.Migration):
    dependencies = [("plans", "0010_directive_source")]

    operations = [
        migrations.RunPython(forget_days_of_the_month, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="directive",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("period", "week"), _negated=True),
                    ("due_day", None),
                    ("due_day__lte", 7),
                    _connector="OR",
                ),
                name="plans_weekday_of_a_week",
            ),
        ),
    ]
