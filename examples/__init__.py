"""The example portfolio: invented companies, their data from a fixed seed, and the generator that writes it.

`examples.portfolio.generate(directory)` is the entry. Nothing in here knows a KPI, a rule or a report: the files
hold what such companies would have on disk, and what a report says about them follows from the files alone.
"""
