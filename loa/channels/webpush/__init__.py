"""Web push (RFC 8030, 8291, 8292): a public story on the screens of those who asked for it in their browser."""
