# SPDX-License-Identifier: EUPL-1.2
"""Many writers at once on a world too small for them; afterwards a judge says whether every answer was kept.

`calls` is what was asked and answered, `journal` what the database went through (triggers write it down, vconf knows
nothing of it), `judge` compares the two. `doors` are the ways in: the services, or HTTP.
"""
