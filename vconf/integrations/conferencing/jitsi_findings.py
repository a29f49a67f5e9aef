# SPDX-License-Identifier: EUPL-1.2
"""What a check of a Jitsi server can find, in sentences for operators. docs/jitsi.md tells more of each code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from vconf.integrations.conferencing.told import Told

#: why a server did not pass
FAILURES: Mapping[str, Told] = {
    "not_jitsi": Told(
        _("Another page than that of Jitsi stands at this address."),
        _("Check the address; it is that of the web page, without a path."),
    ),
    "no_focus": Told(
        _("The page is there, but jicofo does not work: nobody would get beyond connecting."),
        _("Look at the logs of jicofo and Prosody on the server."),
    ),
    "no_bridge": Told(
        _("No bridge is there to carry picture and sound."),
        _("Look after the bridges, and whether jicofo knows them."),
    ),
    "closed_to_us": Told(
        _("The server does not let vconf look at its rooms."),
        _("Allow the address of vconf in the web server in front."),
    ),
    "no_such_path": Told(
        _("Nobody answers at one of the addresses."),
        _("Check the addresses, and whether the module is loaded."),
    ),
    "redirected": Told(
        _("The server leads to another address, which vconf does not follow."),
        _("Enter the address that it leads to, if it is the right one."),
    ),
}

#: what is unsafe or missing on a server that works
FINDINGS: Mapping[str, Told] = {
    "plain_http": Told(
        _("The server is spoken to without encryption."),
        _("Give its address with https."),
    ),
    "short_secret": Told(
        _("The secret is short enough to be guessed."),
        _("Set one of at least 32 random characters on the server, and enter it here."),
    ),
    "tokens_not_checked": Told(
        _("The server answers to a forged token."),
        _("Switch the checking of tokens on, for logging in and for the size of rooms."),
    ),
    "tokens_not_proven": Told(
        _("Nothing shows whether the server checks tokens, and whether the secret is right."),
        _("Set up the module muc_size and enter its address."),
    ),
    "census_open": Told(
        _("Anybody can see which rooms are open on the server."),
        _("Close the census at the public address; only vconf needs it."),
    ),
    "occupancy_unknown": Told(
        _("The server does not say who is in its rooms."),
        _("Set up the module muc_census or muc_size, or let the server send events."),
    ),
    "no_census": Told(
        _("Each room has to be asked for by itself."),
        _("Set up the module muc_census and enter its address."),
    ),
    "jicofo_not_watched": Told(
        _("A failure of jicofo or of all bridges would not be seen."),
        _("Enter the address of jicofo."),
    ),
    "bridges_not_watched": Told(
        _("How busy the bridges are is only guessed."),
        _("Enter the addresses of the bridges."),
    ),
    "bridge_down": Told(
        _("A bridge does not answer, or takes no meetings."),
        _("Look after this bridge; the others carry on."),
    ),
    "end_missing": Told(
        _("Meetings cannot be ended on this server."),
        _("Set up the module muc_end_meeting, and enter its address and the system key."),
    ),
    "end_refused": Told(
        _("The server does not accept the system key for ending meetings."),
        _("Compare the id of the system key with the public key that the server reads."),
    ),
    "kick_missing": Told(
        _("Single people cannot be removed on this server."),
        _("Set up the module muc_kick_participant, and enter its address and the system key."),
    ),
    "kick_refused": Told(
        _("The server does not accept the system key for removing people."),
        _("Compare the id of the system key with the public key that the server reads."),
    ),
    "kick_unreliable": Told(
        _("The server says yes to whoever wants to remove somebody, with or without a key."),
        _("Update Jitsi; until then vconf does not use this."),
    ),
    "reservations_off": Told(
        _("Rooms open there without vconf being asked."),
        _("Set up the module reservations with the address shown here."),
    ),
    "roles_not_confirmed": Told(
        _("Everybody may turn out to be a moderator there."),
        _("Set up the module token_affiliation, switch automatic owners off in jicofo, and confirm it here."),
    ),
    "lobby_not_confirmed": Told(
        _("Guests may not be held back there."),
        _("Set up the lobby for reservations, and confirm it here."),
    ),
    "limit_not_confirmed": Told(
        _("More people may enter than a room has seats."),
        _("Set up the limit of occupants for reservations, and confirm it here."),
    ),
    "check_incomplete": Told(
        _("Not all questions got an answer in time."),
        _("Look at the server's own log, and check again."),
    ),
}
