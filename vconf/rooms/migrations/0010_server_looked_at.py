# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0003_servers_in_operation")]

    operations = [
        migrations.AddField(
            model_name="conferenceserver",
            name="looked_at",
            field=models.DateTimeField(blank=True, help_text="the last look that counted", null=True),
        ),
    ]
