"""What people write to us: inbox, moderation, chatbot. See README.md."""
