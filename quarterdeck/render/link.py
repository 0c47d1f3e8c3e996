"""The way to a report's page in the archive, put into its finished mail: a locator is no part of the report.

It is known only where the message is made, so a filed mail has a place for it, which no reader sees while it is empty.
"""

from __future__ import annotations

from markupsafe import escape

PLACE = "<!--archive-->"  # as head.html.j2 has it
_WORDS = "Open in the archive"


def in_html(page: str, url: str) -> str:
    """A mail with its link; as it is where it was filed before mails had a place for one."""
    # The styles of a mail stand in its elements; these take those of the line that it stands in.
    link = f'<br><a href="{escape(url)}" style="color:inherit;text-decoration:underline">{_WORDS}</a>'
    return page.replace(PLACE, link, 1)


def in_text(text: str, url: str) -> str:
    """The mail's plain text with its link, on a line that no client breaks."""
    return f"{text}\n{_WORDS}:\n{url}\n"
