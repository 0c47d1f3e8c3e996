"""Quarterdeck reads every company of a portfolio and writes one report per role."""

__version__ = "0.1.0"
