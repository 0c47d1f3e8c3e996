"""Readers of AWS services, a small one each: what runs in one account and region, as rows of the tables of schemas/cloud.py."""
