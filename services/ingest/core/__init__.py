"""What ingest decides, without any I/O: which rows are placements, where a consumer may be, who is who."""
