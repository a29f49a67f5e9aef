# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
from django.db import migrations, models

import vconf.crypto


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0002_approver"),
    ]

    operations = [
        migrations.AddField(
            model_name="conferenceserver",
            name="abilities",
            field=models.JSONField(
                blank=True, default=list, help_text="names; what it can do by the last check"
            ),
        ),
        migrations.AddField(
            model_name="conferenceserver",
            name="checked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conferenceserver",
            name="draining_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conferenceserver",
            name="findings",
            field=models.JSONField(
                blank=True, default=list, help_text="codes of what the last check found unsafe"
            ),
        ),
        migrations.AddField(
            model_name="conferenceserver",
            name="health_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="conferenceserver",
            name="hook_signature",
            field=models.CharField(
                default="raw-body", help_text="how a BigBlueButton signs its webhooks", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="conferenceserver",
            name="keys",
            field=vconf.crypto.EncryptedTextField(
                blank=True, default="", help_text="JSON: further secrets of its kind, by name"
            ),
        ),
        migrations.AddField(
            model_name="conferenceserver",
            name="load",
            field=models.FloatField(
                blank=True, help_text="0 idle to 1 full, as it says itself; null: unknown", null=True
            ),
        ),
        migrations.AddField(
            model_name="conferenceserver",
            name="options",
            field=models.JSONField(blank=True, default=dict, help_text="settings of its kind; no secrets"),
        ),
        migrations.AddField(
            model_name="conferenceserver",
            name="successes",
            field=models.PositiveIntegerField(default=0, help_text="consecutive good looks since it failed"),
        ),
        migrations.AddField(
            model_name="pool",
            name="fallback",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="rooms.pool",
            ),
        ),
        migrations.AlterField(
            model_name="conferenceserver",
            name="health",
            field=models.CharField(
                choices=[
                    ("unknown", "unknown"),
                    ("ok", "ok"),
                    ("suspect", "suspect"),
                    ("down", "down"),
                    ("recovering", "recovering"),
                ],
                default="unknown",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="ServerEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        help_text="health, state, placed, lost, orphan_ended ...", max_length=40
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40)),
                ("meeting_id", models.UUIDField(blank=True, null=True)),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "server",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="rooms.conferenceserver",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["server", "-id"], name="server_events"),
                    models.Index(fields=["at"], name="server_events_by_age"),
                ],
            },
        ),
    ]
