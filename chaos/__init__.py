# SPDX-License-Identifier: EUPL-1.2
"""The scaled mode under load while its processes are killed: nothing acknowledged may be lost (`make chaos`)."""
