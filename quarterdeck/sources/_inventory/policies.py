"""What policies, grants and CORS settings let everybody do. Pure: they say what a document means, and ask nobody."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

_EVERYBODY = frozenset(
    {
        "http://acs.amazonaws.com/groups/global/AllUsers",
        "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",  # anybody with an AWS account of their own
    }
)
# A condition on how the address asks for authorisation keeps nobody out.
_OPEN_KEYS = frozenset({"lambda:functionurlauthtype", "lambda:invokedviafunctionurl"})


def is_public(policy: str) -> bool:
    """Whether a resource's policy allows something to everybody; ValueError for text that is no policy.

    A statement with a condition that could narrow it (an account, an organisation, a network) does not count.
    """
    document = json.loads(policy)
    if not isinstance(document, dict):
        raise ValueError("a policy is a JSON object")
    statements = document.get("Statement", [])
    listed = [statements] if isinstance(statements, dict) else statements
    return any(_is_open(statement) for statement in listed)


def _is_open(statement: Mapping[str, Any]) -> bool:
    if statement.get("Effect") != "Allow":
        return False
    if "NotPrincipal" in statement:
        return True  # everybody but a few
    keys = {key.lower() for test in statement.get("Condition", {}).values() for key in test}
    return _names_everybody(statement.get("Principal")) and keys <= _OPEN_KEYS


def _names_everybody(principal: object) -> bool:
    if isinstance(principal, Mapping):
        return any(_names_everybody(named) for kind, named in principal.items() if kind in ("AWS", "CanonicalUser"))
    if isinstance(principal, list):
        return any(_names_everybody(named) for named in principal)
    return principal == "*"


def grants_everybody(grants: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a list of grants of S3 names everybody."""
    return any(grant.get("Grantee", {}).get("URI") in _EVERYBODY for grant in grants)


_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def blocks_all(block: Mapping[str, Any] | None) -> bool:
    """Whether a block of public access has all of its four settings on."""
    return block is not None and all(block.get(name) for name in _BLOCKS)


def is_bucket_public(*, policy_is_public: bool, acl_is_public: bool, blocks: Iterable[Mapping[str, Any] | None]) -> bool:
    """Whether anybody can get into a bucket, by its policy or its grants: as far as no block takes them back."""
    given = [block for block in blocks if block]
    policy = policy_is_public and not any(block.get("RestrictPublicBuckets") for block in given)
    grants = acl_is_public and not any(block.get("IgnorePublicAcls") for block in given)
    return policy or grants
