# SPDX-License-Identifier: EUPL-1.2
"""The benchmark's people and rooms in the database of the environment, and one calendar. `python -m bench.caldav_cast`
prints its path, and what to sign in with.
"""

from __future__ import annotations

import os

from bench.caldav_servers import ORGANISER
from bench.cast import write_cast


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
    import django  # noqa: PLC0415  the settings are read from the environment

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from vconf.authorities.calendar_passwords import create_calendar_password  # noqa: PLC0415
    from vconf.authorities.models import Person  # noqa: PLC0415
    from vconf.authorities.rights import Actor  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    write_cast()
    person = Person.objects.get(email=ORGANISER)
    password = create_calendar_password(person, "bench", actor=Actor.system())[1]
    print(f"/dav/calendars/{person.id}/bookings/ {person.email}:{password}", flush=True)


if __name__ == "__main__":
    main()
