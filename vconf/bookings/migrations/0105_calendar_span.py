# SPDX-License-Identifier: EUPL-1.2
"""Both ends of an entry's span in the index: what ends after a window begins and begins after it ends is half of a
calendar, and none of that need be read.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0115_reminders_and_reports")]

    operations = [
        migrations.AddIndex(
            model_name="calendarentry",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["calendar", "last_at", "first_at"],
                name="calendar_entry_by_span",
            ),
        ),
        migrations.RemoveIndex(model_name="calendarentry", name="calendar_entry_by_time"),
    ]
