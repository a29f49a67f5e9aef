# SPDX-License-Identifier: EUPL-1.2
"""The Celery application: background jobs, in this process or in workers of their own.

`celery -A vconf.celery worker --queues swift` (or `mail`, `intake`, `slow`, several) and `celery -A vconf.celery beat`
start the scaled mode's processes; `manage.py serve` runs both inside the web process.
"""

import os

import structlog
from celery import Celery
from celery.signals import setup_logging, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")

app = Celery("vconf")
app.set_default()  # also for the threads that requests are answered in
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["vconf"])


@app.on_after_finalize.connect
def read_schedule(sender: Celery, **_: object) -> None:
    """Take the timetable from vconf/tasks.py, where every job stands beside its interval."""
    from vconf.tasks import ROUTES, SCHEDULE  # noqa: PLC0415  its imports need the models loaded

    sender.conf.beat_schedule = SCHEDULE
    sender.conf.task_routes = ROUTES


@task_prerun.connect
def begin_anew(**_: object) -> None:
    """Each job has an id of its own in its log lines, not that of the one before it in this process."""
    structlog.contextvars.clear_contextvars()


@setup_logging.connect
def leave_logging_alone(**_: object) -> None:
    """Django has set it up (vconf/logs.py); with somebody connected here, Celery adds nothing of its own."""
