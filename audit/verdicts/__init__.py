"""From what was opened to what is said of each value: verdict, confidence, reason."""
