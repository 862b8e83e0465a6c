"""Any container → named streams of bytes, with every limit on hostile input."""
