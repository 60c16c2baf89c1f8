"""A study as flat rows for other tools: candidates, front, curves, trainings; as CSV and as Parquet."""
