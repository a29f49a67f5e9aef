# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0081_fill_entries")]

    operations = [
        migrations.AlterField(model_name="calendarentry", name="first_at", field=models.DateTimeField()),
        migrations.AlterField(model_name="calendarentry", name="last_at", field=models.DateTimeField()),
        migrations.AlterField(model_name="calendarentry", name="uid", field=models.CharField(max_length=255)),
        migrations.AlterField(
            model_name="calendarentry",
            name="calendar",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="entries",
                to="bookings.calendar",
            ),
        ),
        migrations.AddIndex(
            model_name="calendarentry",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["calendar", "last_at"],
                include=("first_at",),
                name="calendar_entry_by_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarentry",
            constraint=models.UniqueConstraint(fields=("calendar", "uid"), name="calendar_entry_uid_once"),
        ),
    ]
