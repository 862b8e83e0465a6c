"""Values under an older key made to open under another: planned, applied, proven, undone."""
