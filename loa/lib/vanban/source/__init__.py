"""From any file to one normalised text: blocks (paragraphs, table rows, notes) with exact spans.

`open_source` looks at the bytes (never only at the name), picks the reader and returns a `Source`.
"""

from .model import Block, Cell, Source
from .sniff import open_source

__all__ = ["Block", "Cell", "Source", "open_source"]
