# SPDX-License-Identifier: EUPL-1.2
"""Whether a mail is from whom it says (R5.5). Plain: from what our gateway wrote into it, and nothing else.

A gateway writes what it found into Authentication-Results (RFC 8601) under its own name, and takes away what came in
under that name. Signatures are not checked again: gateways add banners, after which none holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from vconf.integrations.imip.shapes import ReadMail, Trust

_METHOD = re.compile(r"\s*([a-z][a-z0-9-]*)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)(?!\S)", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z0-9-]+)\s*\.\s*([a-z0-9_-]+)\s*=\s*(\"[^\"]*\"|[^\s;\"]+)", re.IGNORECASE)
#: something, with what it has in quotes
_WORD = re.compile(r"\s*((?:\"[^\"]*\"|[^\s\"])+)")
#: in an envelope's sender: what a gateway that quotes nothing would write into its results as more of them
_WRITES_RESULTS = re.compile(r"[\s;()\"\\]")
_DOMAIN = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")


@dataclass(frozen=True, slots=True)
class _Result:
    """One method's result. properties: such as `header.from`, all lower case."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)


def judge(mail: ReadMail, envelope: str, *, authserv_id: str, everybody: bool = False) -> Trust:
    """Whether From may be believed.

    :param envelope: the sender that the mail was handed over with
    :param authserv_id: whose results count; without one, nobody is believed
    :param everybody: believe everybody, as in the demo, which listens to this machine only
    """
    address = mail.from_address
    if not address:
        return Trust(False, "", "no single plain From")
    if everybody:
        return Trust(True, address, "demo")
    if not authserv_id:
        return Trust(False, address, "no gateway is configured")
    if not mail.auth_results:
        return Trust(False, address, "the gateway says nothing")
    if _WRITES_RESULTS.search(envelope):
        return Trust(False, address, "an envelope that results could be read out of")
    results = list(_results(mail.auth_results, authserv_id))
    return Trust(*_verdict(results, address, envelope))


def _verdict(results: list[_Result], address: str, envelope: str) -> tuple[bool, str, str]:
    domain = address.rpartition("@")[2]
    verdicts = [one for one in results if one.method == "dmarc"]
    if any(one.result not in ("pass", "none", "bestguesspass") for one in verdicts):
        return False, address, "dmarc failed"
    if len({one.result for one in verdicts}) > 1:
        return False, address, "dmarc is said to be more than one"
    for one in verdicts:
        if one.result == "pass" and one.properties.get("header.from") == domain:
            return True, address, "dmarc"
    for one in results:
        if one.result != "pass":
            continue
        if one.method == "dkim" and _covers(one.properties.get("header.d", ""), domain):
            return True, address, "dkim"
        if one.method == "spf":
            sender = one.properties.get("smtp.mailfrom", "").rpartition("@")[2]
            # of the mail we have, not of another one that these results were taken from
            if _covers(sender, domain) and sender == envelope.rpartition("@")[2].lower():
                return True, address, "spf"
    return False, address, "nothing passed for the domain of From"


def _covers(domain: str, own: str) -> bool:
    """Whether who signs for a domain may sign for From's: the same, or one above it. Never one below, which anybody
    may have been given; where that is meant, the gateway says so by DMARC.
    """
    return bool(_DOMAIN.fullmatch(domain)) and (own == domain or own.endswith(f".{domain}"))


def _results(value: str, authserv_id: str) -> Iterator[_Result]:
    """The results of a header that begins with our gateway's name (RFC 8601, 2.2). None if it is another's."""
    name, *infos = _split(value)
    words = name.split()
    if not words or words[0].strip('"').lower() != authserv_id.lower() or (words[1:] and words[1:] != ["1"]):
        return
    for info in infos:
        found = _METHOD.match(info)
        if found is None:
            continue
        yield _Result(found[1].lower(), found[2].lower(), _properties(_without_reason(info[found.end() :])))


def _properties(text: str) -> dict[str, str]:
    """Word by word, for what looks like a property inside quotes is none."""
    found: dict[str, str] = {}
    at = 0
    while word := _WORD.match(text, at):
        hit = _PROPERTY.match(text, word.start(1))
        at = hit.end() if hit else word.end()
        if hit:
            found.setdefault(f"{hit[1]}.{hit[2]}".lower(), _bare(hit[3]))
    return found


def _bare(text: str) -> str:
    """A value without quotes, in lower case; an address in angle brackets without them."""
    return text.strip('"').strip("<>").lower().rstrip(".")


def _without_reason(text: str) -> str:
    """Free words of a `reason`, which may quote the mail, are no properties."""
    return re.sub(r"\breason\s*=\s*(\"[^\"]*\"|[^\s;\"]+)", " ", text, flags=re.IGNORECASE)


def _split(value: str) -> list[str]:
    """The parts between semicolons, without comments. What stands in quotes or comments ends nothing; what is never
    closed makes the rest of the header part of it.
    """
    pieces, held = [], list[str]()
    depth, quoted, escaped = 0, False, False
    for sign in value:
        if escaped:
            escaped = False
            if quoted:
                held.append("_")  # no quotation mark, whatever it was
        elif sign == "\\" and (quoted or depth):
            escaped = True
        elif depth:
            depth += (sign == "(") - (sign == ")")
            if not depth:
                held.append(" ")
        elif sign == '"':
            quoted = not quoted
            held.append(sign)
        elif not quoted and sign == "(":
            depth = 1
        elif not quoted and sign == ";":
            pieces.append("".join(held))
            held = []
        else:
            held.append(sign)
    if quoted:
        held = []  # half of something
    return [*pieces, "".join(held)]
