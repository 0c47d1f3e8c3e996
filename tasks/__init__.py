"""Shells around the steps: retries, cache keys, run names, what the UI is told; each calls one function of the library.

Inputs and results are plain strings, so that a finished task is recognised again after a retry, in another process, and
after the code was mended: `RUN_ID + INPUTS` with persisted results is the policy under which only the failed task runs
again. Delivery is never cached: it is safe to repeat because the audit trail says what has gone out.

Tasks have no tags. Prefect asks the server for a free slot of each tag before it starts a task, and a server on SQLite often
answers that it is busy, which the client takes as a reason to wait two seconds: a third of a run was spent so.
"""
