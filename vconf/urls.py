# SPDX-License-Identifier: EUPL-1.2
"""Where the doors are hung."""

import importlib.util

from django.urls import include, path

DOORS = [
    ("api/v1/", "vconf.api.urls"),
    ("", "vconf.integrations.conferencing.urls"),
    ("", "vconf.integrations.invitations.urls"),
]

urlpatterns = [path(prefix, include(module)) for prefix, module in DOORS if importlib.util.find_spec(module)]
