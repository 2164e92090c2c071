"""How much of a mail is taken apart. The libraries that do it need, for some texts, time that grows with the square.

A mail within the bounds is read in a few seconds on a slow machine, whatever stands in it. What is beyond them is kept
as it came, and read as far as the bounds go.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import EmailPolicy, compat32
from functools import lru_cache
from typing import Any

LONGEST_HEADER = 2000
"""Characters of a header that are read; a file's name of 255 letters, encoded, fits."""
MOST_TYPES = 250
"""Parts that say of which type they are. Of files, fewer are kept."""
MOST_DELIMITERS = 10_000
"""Lines that may delimit a part, whether they say a type or not."""
MOST_WORK = 5_000_000
"""Lines, times the boundaries that each of them is compared with."""
LONGEST_HTML = 2_000_000
LONGEST_TAG = 4000
TYPE = re.compile(rb"(?im)^content-type:")
DELIMITER = re.compile(rb"(?m)^--")
BOUNDARY = re.compile(rb"(?i)boundary")
NO_TAG = re.compile(rf"<(?![A-Za-z/][^<>]{{0,{LONGEST_TAG}}}>)")
"""What begins like a tag and ends like none. The parser would look for its end as far as the text goes, each time."""
DECLARATION = re.compile(rf"<[!?][^<>]{{0,{LONGEST_TAG}}}>")


@lru_cache(maxsize=1024)
def _parsed(name: str, value: str) -> Any:
    return EmailPolicy().header_factory(name, value)


class Bounded(EmailPolicy):
    """The standard library's policy, which reads no more of a header than it can read in no time, and reads it once."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """A header's value (see `email.policy.EmailPolicy`)."""
        if hasattr(value, "name"):
            return value
        return _parsed(name, "".join(value[:LONGEST_HEADER].splitlines()))


def within_bounds(raw: bytes) -> bool:
    """Whether a mail can be taken apart in reasonable time."""
    lines = raw.count(b"\n") + raw.count(b"\r")
    return (
        len(TYPE.findall(raw)) <= MOST_TYPES
        and len(DELIMITER.findall(raw)) <= MOST_DELIMITERS
        and lines * (1 + len(BOUNDARY.findall(raw))) <= MOST_WORK
    )


def head_of(raw: bytes) -> EmailMessage:
    """The headers of a mail alone, as a mail without a body that anybody could read."""
    message = EmailMessage(policy=Bounded())
    for name, value in BytesHeaderParser(policy=compat32).parsebytes(raw).raw_items():
        message.set_raw(name, value)
    del message["Content-Type"]
    del message["Content-Transfer-Encoding"]
    message.set_payload("")
    return message


def plain_html(html: str) -> str:
    """A page without comments, declarations and tags that do not end: what is left is read in time with its length."""
    first, *commented = html[:LONGEST_HTML].split("<!--")
    said = first + "".join(after.partition("-->")[2] for after in commented)
    return NO_TAG.sub("&lt;", DECLARATION.sub("", said))
