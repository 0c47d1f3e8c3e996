"""What each answer of Slack means for a post: one table for its Web API and its incoming webhooks.

The codes are those that Slack documents for the methods used here and those common to all of them. A code that stands here
as refused was refused before anything was posted. Of some, Slack says that "it's possible some aspect of the operation
succeeded before the error was raised": those are unknown, and so is whatever is not listed, and any 5xx.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

_PATIENCE = timedelta(seconds=30)  # where Slack asks to wait and does not say for how long
_LONGEST = timedelta(hours=1)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,60}", re.ASCII)


class Outcome(Enum):
    """What an answer makes of a post."""

    WAIT = "refused, to be tried again"
    FAIL = "refused for good"
    ANEW = "not to be changed; it is posted anew"  # of an earlier post that was to be changed
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of the table."""

    outcome: Outcome
    meaning: str
    remedy: str


def _rows(codes: str, outcome: Outcome, meaning: str, remedy: str) -> dict[str, Answer]:
    return {code: Answer(outcome, meaning, remedy) for code in codes.split()}


_W, _F, _A, _U = Outcome.WAIT, Outcome.FAIL, Outcome.ANEW, Outcome.UNKNOWN
_FORM = "Slack does not take the post's form"
_LOOK = "look into the channel, then decide with `quarterdeck audit resolve`"

ANSWERS: Mapping[str, Answer] = {
    **_rows("ratelimited rate_limited", _W, "more calls than Slack takes", "it is posted later"),
    **_rows("request_timeout", _W, "the request did not arrive whole", "run again"),
    **_rows("accesslimited", _W, "the network may not use this method now", "run again"),
    **_rows(
        "team_added_to_org org_login_required external_channel_migrating", _W, "the workspace is being moved", "run again later"
    ),
    **_rows("channel_not_found", _F, "there is no such channel, or the bot cannot see it", "invite the bot, or mend the name"),
    **_rows("not_in_channel", _F, "the bot is not in the channel", "invite it: /invite @quarterdeck"),
    **_rows("is_archived is_inactive channel_is_archived", _F, "the channel is archived", "name another, or bring it back"),
    **_rows(
        "restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel "
        "posting_to_general_channel_denied action_prohibited ekm_access_denied",
        _F,
        "the workspace does not let the bot post there",
        "ask its administrators",
    ),
    **_rows("not_authed invalid_auth invalid_token", _F, "Slack does not know the token", "see the token of the channel"),
    **_rows("token_revoked token_expired account_inactive", _F, "the token holds no more", "install the app anew"),
    **_rows(
        "missing_scope no_permission not_allowed_token_type access_denied",
        _F,
        "the token lacks a right",
        "give the app the scopes that docs/delivery.md names, and install it anew",
    ),
    **_rows(
        "team_access_not_granted two_factor_setup_required enterprise_is_restricted",
        _F,
        "the workspace does not let the app in",
        "ask its administrators",
    ),
    **_rows("msg_too_long msg_blocks_too_long metadata_too_large", _F, "the post is too long", "see the report"),
    **_rows(
        "no_text invalid_blocks invalid_blocks_format too_many_attachments invalid_attachments invalid_arguments "
        "invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type missing_post_type invalid_json "
        "json_not_object invalid_payload invalid_metadata_format invalid_metadata_schema metadata_must_be_sent_from_app",
        _F,
        _FORM,
        "this is a fault of Quarterdeck",
    ),
    **_rows("deprecated_endpoint method_deprecated", _F, "Slack has given this method up", "a newer version is needed"),
    **_rows(
        "no_service no_service_id no_active_hooks no_team team_disabled user_not_found",
        _F,
        "there is no such webhook any more",
        "make a new one, and put its address where the reference points",
    ),
    **_rows(
        "message_not_found cant_update_message edit_window_closed block_mismatch",
        _A,
        "the earlier post cannot be changed",
        "it is posted anew",
    ),
    **_rows(
        "fatal_error internal_error service_unavailable update_failed rollup_error",
        _U,
        "Slack failed while it had the post",
        _LOOK,
    ),
}
UNLISTED = Answer(_U, "Slack's answer is none that we know", _LOOK)
LOST = Answer(_U, "Slack did not answer after it had the post", _LOOK)
NEVER_LEFT = Answer(_W, "Slack cannot be reached", "see the network, then run again")
REDIRECTED = Answer(_F, "somebody on the way sends us elsewhere", "see whether a proxy stands before Slack")
_REFUSED = Answer(_W, "Slack refused", "run again; see whether a proxy stands before Slack")


def judge(status: int, code: str) -> Answer:
    """What an answer means: by its status where that alone decides, else by the code in its body."""
    if status >= 500:
        return UNLISTED if code not in ANSWERS or ANSWERS[code].outcome is not _U else ANSWERS[code]
    if status == 429:
        return ANSWERS["ratelimited"]
    if 300 <= status < 400:
        return REDIRECTED
    if status >= 400:
        return ANSWERS.get(code, _REFUSED)  # HTTP's own word that nothing was done
    return ANSWERS.get(code, UNLISTED)


def patience(header: str | None) -> timedelta:
    """How long to wait, by a Retry-After header in seconds."""
    if header is None or not re.fullmatch(r"[0-9]{1,9}", header):
        return _PATIENCE
    return min(max(timedelta(seconds=int(header)), timedelta(seconds=1)), _LONGEST)


def code_of(text: object) -> str:
    """A code as a problem may show it: whatever else stood in its place is not repeated."""
    return text if isinstance(text, str) and _CODE.fullmatch(text) else ""
