"""Order and fan-out only. No file in here is named like a top-level package or a standard module: Prefect puts this
folder first on `sys.path` when it loads a flow by its path.
"""
