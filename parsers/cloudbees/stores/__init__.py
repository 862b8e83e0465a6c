"""Exports of CloudBees CD."""
