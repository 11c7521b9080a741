"""SMS brandname: short unaccented words to numbers whose owners agreed, through a provider's API (eSMS)."""
