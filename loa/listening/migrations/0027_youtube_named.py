from django.db import migrations


def named(apps, schema_editor):
    """Comments of YouTube stood under the code of their channel: the next would begin a source beside it."""
    Source = apps.get_model("listening", "Source")
    for row in Source.objects.filter(kind="ours", name__startswith="youtube: "):
        if not row.name.startswith("youtube: "):  # SQLite takes no heed of capitals
            continue
        name = "YouTube: " + row.name.removeprefix("youtube: ")
        if not Source.objects.filter(kind="ours", unit=row.unit_id, name=name).exists():
            Source.objects.filter(pk=row.pk).update(name=name)


class Migration(migrations.Migration):

    dependencies = [("listening", "0026_leaderless")]

    operations = [migrations.RunPython(named, migrations.RunPython.noop)]
