"""Several companies' books as those of one: translated into one currency, and without what they owe and sell each other.

`translation` turns a company's entries into the group's currency, `elimination` takes out what two companies of the group
have between them, `bridge` shows how the companies' figures become the group's. Whatever is added is an entry of its own
that balances, so that every figure of the group is a sum of postings like any company's.
"""
