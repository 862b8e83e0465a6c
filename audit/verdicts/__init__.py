"""From what was opened to what is reported of each value: verdict, confidence, reason."""
