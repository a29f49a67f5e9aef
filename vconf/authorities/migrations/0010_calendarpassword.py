# SPDX-License-Identifier: EUPL-1.2
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import vconf.ids


class Migration(migrations.Migration):
    dependencies = [("authorities", "0002_deputy")]

    operations = [
        migrations.CreateModel(
            name="CalendarPassword",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vconf.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "label",
                    models.CharField(
                        blank=True, help_text="which device, in the person's words", max_length=100
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
