from django.db import migrations, models
from django.db.models import Count, Max, Min


def join_doubles(apps, schema_editor):
    """Two first comments at once made two sources of one channel, and no comment after them could be kept."""
    Source = apps.get_model("listening", "Source")
    Item = apps.get_model("listening", "Item")
    doubles = Source.objects.filter(kind="ours").order_by().values("unit", "name").annotate(n=Count("pk"))
    for double in doubles.filter(n__gt=1):
        rows = Source.objects.filter(kind="ours", unit=double["unit"], name=double["name"])
        first, *others = rows.order_by("pk").values_list("pk", flat=True)
        moved = Item.objects.filter(source__in=others)
        _index_from(apps, moved)
        moved.update(source=first)
        apps.get_model("listening", "Fetch").objects.filter(source__in=others).update(source=first)
        for search in apps.get_model("listening", "SavedSearch").objects.all():
            if search.params.get("nguon") in map(str, others):
                search.params["nguon"] = str(first)
                search.save(update_fields=["params"])
        # Whoever wanted words to go sooner meant the channel.
        both = rows.aggregate(days=Min("keep_days"), last=Max("last_item_at"))
        Source.objects.filter(pk=first).update(keep_days=both["days"], last_item_at=both["last"])
        rows.exclude(pk=first).delete()
        schema_editor.connection.check_constraints()  # PostgreSQL makes no index while some are to be checked


def _index_from(apps, moved):
    """The index says whose item each is: a worker writes it anew from the first of these on."""
    first = apps.get_model("listening", "Entry").objects.filter(item__in=moved).aggregate(pk=Min("pk"))["pk"]
    state = apps.get_model("listening", "IndexState").objects.filter(pk=1).first()
    if first is None or state is None:  # nothing is indexed, or all will be anyway
        return
    if state.form:
        state.form, state.towards, state.done_to = 0, state.form, first - 1
    else:
        state.done_to = min(state.done_to, first - 1)
    state.save()


class Migration(migrations.Migration):

    dependencies = [("listening", "0021_told_items")]

    operations = [
        migrations.RunPython(join_doubles, migrations.RunPython.noop),
        migrations.AddConstraint(
            "source",
            models.UniqueConstraint(
                fields=["unit", "kind", "name"], condition=models.Q(kind="ours"), name="listening_ours_once"
            ),
        ),
    ]
