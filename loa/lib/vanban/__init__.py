"""Official documents (văn bản), read: `read_document(path_or_bytes, filename) -> Reading`."""

from .errors import DocumentError
from .model import Reading
from .reading import read_document, read_source

__all__ = ["DocumentError", "Reading", "read_document", "read_source"]
