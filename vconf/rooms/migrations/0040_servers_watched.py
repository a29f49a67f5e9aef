# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0010_server_looked_at")]

    operations = [
        migrations.AddField(
            "conferenceserver",
            "ca_certificates",
            models.TextField(
                blank=True,
                default="",
                help_text="PEM: whom its certificate is trusted from; empty: the public authorities",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "conferenceserver",
            "clock_skew_ms",
            models.IntegerField(
                blank=True, help_text="its clock less ours by the last check; null: unknown", null=True
            ),
        ),
        migrations.AddField(
            "conferenceserver",
            "drift",
            models.JSONField(
                blank=True,
                default=list,
                help_text="codes of the findings for which vconf itself drained it",
            ),
        ),
        migrations.AddField("serverevent", "facts", models.JSONField(blank=True, default=dict)),
        migrations.AlterField(
            "serverevent",
            "kind",
            models.CharField(help_text="health, state, placed, lost, orphan_ended, drift ...", max_length=40),
        ),
    ]
