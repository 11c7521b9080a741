"""Tables of this domain, out to .xlsx and back: columns by their headings, lines by their numbers."""
