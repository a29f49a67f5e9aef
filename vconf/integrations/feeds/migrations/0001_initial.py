# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import vconf.crypto
import vconf.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("rooms", "0040_servers_watched"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vconf.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "detail",
                    models.CharField(
                        choices=[
                            ("busy", "busy times only"),
                            ("full", "titles and links, as far as its owner sees them"),
                        ],
                        default="busy",
                        max_length=4,
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=100)),
                ("token", vconf.crypto.EncryptedTextField()),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, help_text="since then it opens nothing", null=True),
                ),
                (
                    "person",
                    models.ForeignKey(
                        help_text="the owner",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="rooms.room",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("revoked_at", None)), fields=["person"], name="feed_by_person"
                    )
                ],
            },
        ),
    ]
