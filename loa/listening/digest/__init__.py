"""Digests (điểm báo): drafted every working day, edited and approved, out as a document and by mail."""
