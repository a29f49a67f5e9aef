# SPDX-License-Identifier: EUPL-1.2
"""What vconf adds to the description of an event in a calendar, between marks by which it is found again.

Programs change line ends, add and drop white space, and make formatted text of it and back. The marks are letters that
all of them leave alone; what lies between is never the text of a person.
"""

import re

_SIDE = "~" * 12
_BLANK = r"[ \t\n\u00a0]"
_BEGIN = re.compile(
    rf"(?<!~)~{{8,40}}+{_BLANK}*+(?:vconf|Videokonferenz|Video conference){_BLANK}*+~{{8,40}}+(?!~)",
    re.IGNORECASE,
)
_END = re.compile(r"(?<!~)~{20,}+")
#: letters within which the end mark is looked for; no block is longer
_REACH = 6_000


def marked(title: str, lines: list[str]) -> str:
    """The lines between the marks."""
    return "\n".join([f"{_SIDE} {title} {_SIDE}", *lines, "~" * (len(title) + 2 + 2 * len(_SIDE))])


def split_block(text: str) -> tuple[str, str]:
    r"""The text without our blocks, and what stood in them.

    `text` has `\n` as its only line end. A block whose end mark was cut off ends at the next blank line.
    """
    kept, taken, at = [], [], 0
    while (begin := _BEGIN.search(text, at)) is not None:
        kept.append(text[at : begin.start()].strip())
        end = _END.search(text, begin.end(), begin.end() + _REACH)
        if end is not None:
            until, at = end.start(), end.end()
        else:
            until = text.find("\n\n", begin.end())
            at = until = until if until >= 0 else len(text)
        taken.append(text[begin.end() : until].strip())
    if not taken:
        return text, ""
    kept.append(text[at:].strip())
    return "\n\n".join(filter(None, kept)), "\n".join(taken)


def cut_block(html: str) -> str | None:
    """Formatted text without our blocks, and without the paragraphs that only held one; None if one has no end."""
    while (begin := _BEGIN.search(html)) is not None:
        end = _END.search(html, begin.end(), begin.end() + _REACH)
        if end is None:
            return None
        before, after = html[: begin.start()], html[end.end() :]
        if before.endswith("<p>") and after.startswith("</p>"):
            before, after = before[: -len("<p>")], after[len("</p>") :]
        html = before + after
    return html
