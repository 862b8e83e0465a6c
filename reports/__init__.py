"""Turns finished verdicts into files: run folder, page, plots, lists."""
