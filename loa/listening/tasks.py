"""Jobs of listening."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loa.core.jobs import job
from loa.listening import services


@job(queue="slow")
def collect() -> None:
    """Look at the sources that are due."""
    from loa.listening.collecting import collect_due

    collect_due()


@job(queue="slow")
def read_articles() -> None:
    """Open the articles behind new headlines."""
    from loa.listening.collecting import open_due

    open_due()


@job(queue="slow")
def analyse() -> None:
    """What new items say."""
    while services.analyse_waiting():
        pass
    while services.read_answers():
        pass


@job(queue="slow")
def write_files() -> None:
    """Files of items that wait to be written; what a dead worker left too."""
    while services.write_next_file():
        pass


@job(queue="slow")
def reread_topics() -> None:
    """The last weeks by the topics as they are now."""
    services.reread_topics()


@job(queue="slow")
def train(task: str, user_id: int) -> None:
    """A model from what people set right, and who asked for it is told."""
    from loa.accounts.models import User

    services.train_office(actor=User.objects.get(pk=user_id), task=task)


@job(queue="slow")
def teach_itself() -> None:
    """A model the word list taught, while nobody labelled enough."""
    services.teach_itself()


@job()
def sweep() -> None:
    """Alarms for silent sources; calls too old to be used again."""
    services.sweep_silent()
    services.forget_calls()


@job(queue="slow")
def forget() -> None:
    """Words past their time, files nobody confirmed; and what an older installation never indexed or counted."""
    while services.forget_old_words():
        pass
    services.forget_files()
    services.catch_up()
    while services.carry_on():
        pass
    while services.note_stories():
        pass


#: entries a run brings to the present form: some minutes of work, so that other slow jobs have their turn
RENEWED = 50_000


@job(queue="slow", title=_("Cập nhật chỉ mục tin nghe được sau khi cài bản mới"))
def renew_index() -> int:
    """Entries that an earlier version indexed are written anew; one query when there are none."""
    done = 0
    while done < RENEWED and (made := services.renew_index()):
        done += made
    return done


@job(queue="slow", title=_("Chuyển tin đã nghe sang đơn vị tiếp nhận"))
def carry_on() -> int:
    """What units that ended heard goes to their heirs, a portion in a transaction."""
    done = 0
    while made := services.carry_on():
        done += made
    return done


@job(queue="slow")
def watch() -> None:
    """Spikes, and who is told of them; alerts nobody took."""
    services.watch_all()
    services.escalate_waiting()


@job()
def mail_alerts() -> None:
    """Mails of alerts and digests and of what is new in searches, Zalo messages of alerts."""
    services.send_alert_zalo()
    services.send_search_mails()
    while services.send_alert_mails():
        pass
    while services.send_digest_mails():
        pass


@job(queue="slow")
def draft_digests() -> None:
    """Drafts of digests that are due."""
    services.draft_due()
