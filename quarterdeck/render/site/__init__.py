"""The archive as a static site: pages that a person opens from the file system, without a server and without a request.

    documents (report.json) → brief.py, overview.py → front.py, tenant.py, kpi.py, report.py → shell.py → a page's bytes
    rows of a snapshot      → rows.py                                                        → shell.py → a page's bytes

Every page is a pure function of one frozen record of plain values, its facts, and of the templates in `templates/site/`; so
a page whose facts have not changed need not be made again. Nothing in here reads or writes: `steps/site.py` gathers the facts
and stores the pages. A link is always relative, and a page's place is made of ids alone (`paths.py`).
"""
