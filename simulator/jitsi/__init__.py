# SPDX-License-Identifier: EUPL-1.2
"""A simulated Jitsi shard: web page, Prosody with its modules, jicofo and one bridge, on one port.

Where a real shard listens on several ports, the paths tell them apart here. What a browser would do over XMPP is
done by the page when it is fetched, or by a lever (`jitsi/enter`)."""
