"""For all tests: how Hypothesis looks for counterexamples."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every machine and no limit of time on any of them: a test fails because of the code or not at all.
# `pytest --hypothesis-profile=explore` looks further, at other examples each time.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("steady")
