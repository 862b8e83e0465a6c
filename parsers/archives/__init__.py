"""Any container into named streams of bytes; the guards stand here and nowhere else."""
