"""A YouTube channel by the Data API v3: films uploaded so that a cut line is taken up where it broke."""
