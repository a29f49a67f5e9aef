# SPDX-License-Identifier: EUPL-1.2
"""The OpenAPI schema and its pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from vconf.web.problems import PROBLEMS


@extend_schema(exclude=True)
class Schema(SpectacularAPIView):
    """`/api/v1/openapi.json`: for everybody, since it shows the code, not the data."""

    renderer_classes = [OpenApiJsonRenderer2]
    permission_classes = [AllowAny]
    authentication_classes = []


class Documentation(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files; its script is a request of its own, as the CSP demands."""

    url_name = "schema"
    template_name = "api/docs.html"
    permission_classes = [AllowAny]
    authentication_classes = []


def problems(request: HttpRequest) -> HttpResponse:
    """What `type` of a problem leads to: all codes and what they mean."""
    codes = sorted(PROBLEMS.items(), key=lambda one: (one[1].status, one[0]))
    return render(request, "api/problems.html", {"problems": codes})
