"""One plain function per step of the way: pull, measure, make, deliver. What a task of the flow calls, and `preview` too.

A step takes the parts and plain strings, reads what it needs from the snapshots and leaves its result there; so a step
can be run again, alone, in another process. Nothing in here knows Prefect.
"""
