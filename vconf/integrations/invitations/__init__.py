# SPDX-License-Identifier: EUPL-1.2
"""Mail exit: what invited people and organisers are told of a booking, and the folder that shows it in the demo."""
