# SPDX-License-Identifier: EUPL-1.2
"""A MAC for every entry, and the chain."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from vconf.audit.digests import mac_of


def write_macs(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Entries from before are taken as they are."""
    entries = apps.get_model("audit", "AuditEntry").objects.using(schema_editor.connection.alias)
    for entry in entries.filter(mac="").iterator():
        entry.mac = mac_of(entry)
        entry.save(update_fields=["mac"])


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="mac",
            field=models.CharField(default="", help_text="HMAC-SHA256, hexadecimal", max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(write_macs, migrations.RunPython.noop),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "position",
                    models.BigIntegerField(
                        help_text="counts from 1 without gaps", primary_key=True, serialize=False
                    ),
                ),
                ("entry_id", models.BigIntegerField(unique=True)),
                ("sealed_at", models.DateTimeField()),
                (
                    "digest",
                    models.CharField(
                        help_text="HMAC-SHA256 over this link and the digest before it", max_length=64
                    ),
                ),
            ],
            options={"ordering": ["position"], "abstract": False, "base_manager_name": "objects"},
        ),
    ]
