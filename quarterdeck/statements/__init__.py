"""The statements that accountants make of books: trial balance, profit and loss, balance sheet, cash flow.

Pure functions over `postings` (see `books`), in minor units of the one currency that the postings are in. Debits are positive
and credits negative, except where a statement turns them round so that revenue, costs and debts read as positive amounts.
"""
