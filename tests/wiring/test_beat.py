# SPDX-License-Identifier: EUPL-1.2
"""The process that asks for the background jobs keeps nothing on the disk that a kill could leave half written."""

from celery.apps.beat import Beat
from celery.beat import Scheduler, Service

from vconf.celery import app


def test_beat_keeps_its_timetable_in_memory() -> None:
    beat = Service(app, scheduler_cls=Beat(app=app).scheduler_cls)

    assert type(beat.get_scheduler()) is Scheduler
