# SPDX-License-Identifier: EUPL-1.2
"""The wiring application: the project's own commands, translations and start."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "vconf"
    label = "vconf"
