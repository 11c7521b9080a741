"""A quota of "phóng sự" was kept under a name no story has, so that nothing ever met it."""

from django.db import migrations

OLD, NEW = "phong_su", ["feature", "photo"]


def right(genres):
    return [one for genre in genres for one in (NEW if genre == OLD else [genre])]


def forwards(apps, schema_editor):
    Directive = apps.get_model("plans", "Directive")
    for pk, genres in list(Directive.objects.exclude(genres=[]).values_list("pk", "genres")):
        if OLD in (genres or []):
            Directive.objects.filter(pk=pk).update(genres=right(genres))
    Finding = apps.get_model("plans", "Finding")
    for finding in Finding.objects.filter(kind="quota").only("pk", "data").iterator(500):
        genres = (finding.data or {}).get("genres") or []
        if OLD in genres:
            Finding.objects.filter(pk=finding.pk).update(data={**finding.data, "genres": right(genres)})


class Migration(migrations.Migration):
    dependencies = [("plans", "0005_corrections")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
