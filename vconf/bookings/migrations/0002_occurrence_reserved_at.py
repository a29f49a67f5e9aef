# SPDX-License-Identifier: EUPL-1.2
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="occurrence",
            name="reserved_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        # what was booked before this was kept: as early as it can have been, so that nothing is called broken
        migrations.RunSQL(
            "UPDATE bookings_occurrence SET reserved_at ="
            " (SELECT created_at FROM bookings_booking WHERE id = bookings_occurrence.booking_id)",
            migrations.RunSQL.noop,
        ),
    ]
