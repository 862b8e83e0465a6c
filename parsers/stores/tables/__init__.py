"""Table files of stored values: CSV, Parquet, JSON Lines."""
