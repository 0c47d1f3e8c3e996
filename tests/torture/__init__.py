"""Delivery under torture: real processes over real HTTP, ended or put to sleep at every single step, and then run again.

A scenario is one line of text, such as `dynamodb crash 57 0 up product` (`scenarios`); `plays` says what happens in each shape,
`world` is the store, the mail service and the clock that it plays in, `tripwire` counts the steps, `feed` is the product's way
to hear of its mails, `protocols` holds its way to deliver and broken ones that must be found out, `plans` says what is played.
`python -m tests.torture` plays scenarios and tells what came of each, so any one can be seen again:

    echo 'dynamodb crash 57 0 up product' | .venv/bin/python -m tests.torture
"""
