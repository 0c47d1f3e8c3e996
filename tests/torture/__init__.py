"""Delivery under torture: real processes over real HTTP, ended or put to sleep at every single step, and then run again.

A scenario (`scenarios`) is one line of text, such as `dynamodb crash 57 0 up product`; `world` is the store, the mail service
and the clock that it plays in, `tripwire` counts the steps, `protocols` holds the product's way to deliver and broken ones
that must be found out. `python -m tests.torture` plays scenarios and tells what came of each, so any one can be seen again:

    echo 'dynamodb crash 57 0 up product' | .venv/bin/python -m tests.torture
"""
