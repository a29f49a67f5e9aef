# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: from what is promised when it is introduced; from then on the services keep it
_FILL = """
    INSERT INTO bookings_busytime (occurrence_id, person_id, starts_at, ends_at)
    SELECT o.id, p.person_id, o.starts_at, o.ends_at
    FROM bookings_occurrence AS o
    JOIN (
        SELECT id AS booking_id, organiser_id AS person_id FROM bookings_booking
        UNION
        SELECT booking_id, person_id FROM bookings_attendee
            WHERE person_id IS NOT NULL AND partstat <> 'DECLINED'
    ) AS p ON p.booking_id = o.booking_id
    WHERE o.state IN ('pending', 'held', 'confirmed', 'opening', 'live', 'overrun')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0005_indexes_for_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BusyTime",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "occurrence_id",
                        "person_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "occurrence",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="bookings.occurrence",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        # after the rows: made once, not kept while they come
        migrations.AddIndex(
            model_name="busytime",
            index=models.Index(
                fields=["person", "starts_at"], include=("ends_at",), name="busy_time_by_person"
            ),
        ),
    ]
