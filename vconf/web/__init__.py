# SPDX-License-Identifier: EUPL-1.2
"""What every HTTP door shares: problem details, authentication, paging, language, preconditions, limits."""
