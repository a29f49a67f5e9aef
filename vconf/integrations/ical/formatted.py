# SPDX-License-Identifier: EUPL-1.2
"""Formatted text in events: X-ALT-DESC as Outlook writes it, ALTREP of DESCRIPTION as Thunderbird does.

Read for its words, never for what it does. ALTREP hides the plain text in programs that know it, so it is kept only as
long as it says the same, and gets our block like the plain text.
"""

import re
from urllib.parse import quote, unquote

from django.utils.html import escape

from vconf.integrations.ical.block import cut_block

_TAG_OF_A_LINE = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{1,2000}>")
_UNSEEN = re.compile(r"<(style|script|head)\b[^<>]{0,200}>[^<]{0,20000}</\1>", re.IGNORECASE)
_ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&"}
_DATA = "data:text/html,"


def words_of(html: str) -> str:
    """The text without its formatting, a line for each line that people see."""
    text = _TAG.sub("", _TAG_OF_A_LINE.sub("\n", _UNSEEN.sub("", html.replace("\n", " "))))
    for entity, letter in _ENTITIES.items():
        text = text.replace(entity, letter)
    return "\n".join(line.strip() for line in text.split("\n"))


def altrep_to_keep(uri: str) -> str:
    """The formatted text without our block, as a data URI; "" if it is none, or the block cannot be cut out."""
    if not uri.startswith(_DATA):
        return ""
    html = unquote(uri[len(_DATA) :])
    cut = cut_block(html)
    if cut is None:
        return ""
    return uri if cut == html else _data_uri(cut)


def altrep_with_block(uri: str, text: str, block: str, link: str) -> str:
    """The formatted text with our block below; "" if it no longer says what the plain text says.

    :param link: what is clicked in the block
    """
    html = unquote(uri[len(_DATA) :])
    if words_of(html).split() != text.split():
        return ""
    shown = "<br>".join(escape(line) for line in block.split("\n"))
    if link:
        shown = shown.replace(escape(link), f'<a href="{escape(link)}">{escape(link)}</a>', 1)
    begin, body, rest = html.rpartition("</body>")
    return _data_uri(f"{begin}<p>{shown}</p>{body}{rest}" if body else f"{html}<p>{shown}</p>")


def _data_uri(html: str) -> str:
    # the letters that JavaScript's encodeURIComponent leaves alone
    return _DATA + quote(html, safe="!~*'()-_.")
