"""Whole runs, as commands and scripts start them: nothing in here prints, prompts or exits."""
