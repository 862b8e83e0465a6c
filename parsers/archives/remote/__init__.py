"""Inputs on other machines: object stores and hosts, through fsspec (the extra `remote`)."""
